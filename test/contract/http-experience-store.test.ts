import { pino } from 'pino'
import { afterAll, beforeAll } from 'vitest'
import { HttpExperienceStore } from '../../client/http-experience-store.ts'
import { SERVE_ROLES } from '../../service/serve/serve-options.ts'
import { Serving } from '../../service/serve/serving.ts'
import { createKeyIn } from '../integration/http/http-bench.ts'
import { kafka, lmdb, servicePlace, settingsOf, type ServicePlace } from '../integration/service-place.ts'
import { describeExperienceStore } from './experience-store.contract.ts'

let place: ServicePlace
const servings: Serving[] = []
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(async () => {
  await Promise.all(servings.map((serving) => serving.stop()))
  await place.dispose()
})

for (const log of [lmdb, kafka()]) {
  describeExperienceStore({
    name: `over HTTP, on ${log.name} and chDB`,
    skipped: log.skipped,
    without: ['floats that are not finite'],
    open: async () => {
      const environment = place.newEnvironment(log)
      const key = await createKeyIn(environment, null, ['produce', 'read', 'operate'])
      const listening = { host: '127.0.0.1', port: 0, roles: new Set(SERVE_ROLES) }
      const settings = settingsOf(environment, { HTTP_MAX_EVENT_LOOP_DELAY_MS: '0' })
      const serving = await Serving.start(settings, listening, pino({ level: 'silent' }))
      servings.push(serving)
      return new HttpExperienceStore({ url: serving.url, key })
    },
  })
}
