import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../../schemas/avro/schema/avro-schema.ts'
import { Serving } from '../../service/serve/serving.ts'
import { readSettings, type Settings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import { collectFleetEvents } from '../fleet-events.ts'
import { appendInProcess } from '../http/in-process.ts'
import { readTask, serve } from './serve.ts'

/** What the process works with: a log in a new directory for each run. */
export interface HttpTask {
  readonly directory: string
  readonly events: number
}

/** Where the process listens, and under which id its registry has the schema of envelopes. */
export interface Listening {
  readonly url: string
  readonly schemaId: number
}

const { directory, events } = readTask() as HttpTask
const texts = collectFleetEvents(events).jsonTexts.map((text) => Buffer.from(text))
let runs = 0
let serving: { readonly serving: Serving; readonly data: string } | null = null

function newSettings(): Settings {
  return readSettings({ EXPERIENCE_LOG_DATA: join(directory, `http-${runs++}`) })
}

serve({
  /** Appends the events with a producer in this process; answers with their rate. */
  append: async () => {
    const settings = newSettings()
    const log = await openLog(settings)
    const producer = await openProducer(log, settings)
    const rate = await appendInProcess(producer, texts)
    await producer.close()
    await log.close()
    await rm(settings.EXPERIENCE_LOG_DATA, { recursive: true })
    return rate
  },
  /** Listens for events, which go to a new log. */
  listen: async (): Promise<Listening> => {
    const settings = newSettings()
    const log = await openLog(settings)
    const schemaId = await log.registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
    await log.close()
    const options = { host: '127.0.0.1', port: 0, roles: new Set(['ingest'] as const) }
    const started = await Serving.start(settings, options, pino({ level: 'silent' }))
    serving = { serving: started, data: settings.EXPERIENCE_LOG_DATA }
    return { url: started.url, schemaId }
  },
  close: async () => {
    await serving?.serving.stop()
    if (serving !== null) await rm(serving.data, { recursive: true })
  },
})
