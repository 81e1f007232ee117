import { pino } from 'pino'
import { SERVE_ROLES } from '../../service/serve/serve-options.ts'
import { Serving } from '../../service/serve/serving.ts'
import { readSettings } from '../../service/settings.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import { ingest } from '../embedded/ingest.ts'
import { collectFleetEvents } from '../fleet-events.ts'
import { HTTP_QUESTIONS, subjectsAmong, subjectsInTurn } from '../http/http-questions.ts'
import type { HttpTask } from './http-process.ts'
import { readTask, serve } from './serve.ts'

const { directory, events } = readTask() as HttpTask
const { envelopes, jsonTexts } = collectFleetEvents(events)
const settings = readSettings({ EXPERIENCE_LOG_DATA: directory })
const subjects = subjectsInTurn(subjectsAmong(envelopes), 0)
let library: StreamingExperienceStore | null = null

serve({
  /** Fills the tables, and opens both ways to ask; answers with the URL of the one. */
  listen: async (): Promise<string> => {
    await ingest(jsonTexts, directory)
    const options = { host: '127.0.0.1', port: 0, roles: new Set(SERVE_ROLES) }
    const { service, url } = await Serving.start(settings, options, pino({ level: 'silent' }))
    await service!.catchUp()
    library = await StreamingExperienceStore.open(settings)
    return url
  },
  /** Asks the library each question once, in this process; answers with how long each took, ms. */
  ...Object.fromEntries(
    HTTP_QUESTIONS.map(({ measure, ask }) => [
      measure,
      async (): Promise<number> => {
        const begun = performance.now()
        const found = await ask(library!, subjects.next().value)
        const ms = performance.now() - begun
        if (found === 0) throw new Error('nothing was found')
        return ms
      },
    ]),
  ),
})
