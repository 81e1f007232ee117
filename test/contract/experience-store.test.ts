import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InMemoryExperienceStore } from '../../service/store/in-memory-experience-store.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import { kafka, lmdb, servicePlace, settingsOf, type ServicePlace } from '../integration/service-place.ts'
import { outcome } from '../integration/test-events.ts'
import { describeSameAnswers } from './experience-store-same-answers.ts'
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

  describe.skipIf(log.skipped !== undefined)(`streaming, on ${log.name}`, () => {
    describeSameAnswers(() => StreamingExperienceStore.open(settingsOf(place.newEnvironment(log))))
  })

  describe.skipIf(log.skipped !== undefined)(`closing the streaming store on ${log.name}`, () => {
    test('answers what waits, and refuses what comes later', async () => {
      const store = await StreamingExperienceStore.open(settingsOf(place.newEnvironment(log)))
      await store.appendEvent(outcome())
      const waiting = store.queryEvents({ kinds: [] }).then(
        (found) => found.length,
        (error: unknown) => error,
      )
      await store.close()
      const answered = await waiting
      if (answered !== 1) expect(answered).toMatchObject({ code: 'Unavailable', message: 'the projector was stopped' })
      const closed = { code: 'Unavailable', retryable: false }
      await expect(store.appendEvent(outcome())).rejects.toMatchObject(closed)
      await expect(store.queryEvents({ kinds: [] })).rejects.toMatchObject(closed)
      await expect(store.queryArtifacts({})).rejects.toMatchObject(closed)
      await expect(store.getTraceLink('trace-1')).rejects.toMatchObject(closed)
      await store.close()
    })
  })
}
