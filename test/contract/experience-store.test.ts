import { afterAll, beforeAll } from 'vitest'
import { InMemoryExperienceStore } from '../../service/store/in-memory-experience-store.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import { kafka, lmdb, servicePlace, settingsOf, type ServicePlace } from '../integration/service-place.ts'
import { describeExperienceStore } from './experience-store.contract.ts'

let place: ServicePlace
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(() => place.dispose())

describeExperienceStore({ name: 'in memory', open: async () => new InMemoryExperienceStore() })
for (const log of [lmdb, kafka()]) {
  describeExperienceStore({
    name: `streaming, on ${log.name} and chDB`,
    skipped: log.skipped,
    open: () => StreamingExperienceStore.open(settingsOf(place.newEnvironment(log))),
  })
}
