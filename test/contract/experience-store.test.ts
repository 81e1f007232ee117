import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeadLetterQueryInput, DeadLetterSummary } from '../../operations/dead-letters/listed-dead-letter.ts'
import { InMemoryExperienceStore } from '../../service/store/in-memory-experience-store.ts'
import { StreamingExperienceStore } from '../../service/store/streaming-experience-store.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { kafka, lmdb, servicePlace, settingsOf, type ServicePlace } from '../integration/service-place.ts'
import { logRecord } from '../integration/dead-letters/bad-records.ts'
import { outcome, uniqueId } from '../integration/test-events.ts'
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

  test.skipIf(log.skipped !== undefined)(`streaming, on ${log.name}, lists dead letters`, async () => {
    const settings = settingsOf(place.newEnvironment(log))
    const store = await StreamingExperienceStore.open(settings)
    const tenant_id = uniqueId('tenant')
    const list = async (query: DeadLetterQueryInput) => {
      const letters: DeadLetterSummary[] = []
      for await (const letter of store.deadLetters(query)) letters.push(letter)
      return letters
    }
    await store.appendEvent(outcome({ tenant_id }))
    const open = await openLog(settings)
    const topic = open.topics.topic('events', tenant_id)
    const record = logRecord('rubbish', { event_id: 'evt-1' })
    await open.log.append([{ topic, record }])
    await open.close()
    const letters = [
      {
        id: `${topic}/0/1`,
        tenant_id,
        reason: 'NotFramed',
        field: null,
        schema_id: null,
        state: 'open',
        kind: null,
        event_id: 'evt-1',
        message: expect.stringMatching(/./),
        logged_at: '2026-01-01T00:00:00.000Z',
      },
    ]
    expect(await list({})).toEqual(letters)
    expect(await list({ tenant_id, state: 'open', reason: 'NotFramed' })).toEqual(letters)
    for (const none of [{ tenant_id: uniqueId('tenant') }, { state: 'retried' }, { reason: 'Invalid' }] as const)
      expect(await list(none)).toEqual([])
    await store.close()
    await expect(list({})).rejects.toMatchObject({ code: 'Unavailable' })
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
