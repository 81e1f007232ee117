import { describe, expect, test } from 'vitest'
import { offset } from '../../../base/position.ts'
import type { SchemaId } from '../../../log/schema-registry.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { framed, logRecord, presentSchema, uncheckedBody } from './bad-records.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const LINGER_MS = 10
const NEVER_HELD = { PROJECTOR_DEAD_LETTER_SHARE: '1' }
const HELD_SOON = { PROJECTOR_DEAD_LETTER_MINIMUM: '20' }
const TENANTS = ['a', 'b', 'c']
const ROUNDS = 30
const ROUND_MS = 100

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`poisoned records on ${log.name}`, () => {
    const bench = new ServiceBench()

    /** Appends an event of every tenant each round, and answers with the times from append to visible, ms, ascending. */
    async function delays(service: Service): Promise<number[]> {
      const appendedAt = new Map<string, number>()
      const found: number[] = []
      const appending = (async () => {
        for (let round = 0; round < ROUNDS; round++) {
          const events = TENANTS.map((tenant) => outcome({ tenant_id: tenant }))
          for (const { event_id } of events) appendedAt.set(event_id, Date.now())
          await append(service, events)
          await pause(ROUND_MS)
        }
      })()
      const { store } = service.readModel
      const deadline = Date.now() + 450_000
      while (found.length < ROUNDS * TENANTS.length) {
        expect(Date.now(), `only ${found.length} events came`).toBeLessThan(deadline)
        const ids = [...appendedAt.keys()]
        const rows = await store.query<{ event_id: string }>({
          sql: `SELECT event_id FROM ${store.table('events')} WHERE event_id IN {ids:Array(String)}`,
          params: { ids },
        })
        for (const { event_id } of rows) {
          found.push(Date.now() - (appendedAt.get(event_id) ?? 0))
          appendedAt.delete(event_id)
        }
        await pause(10)
      }
      await appending
      return found.toSorted((a, b) => a - b)
    }

    test.each([
      ['become dead letters', NEVER_HELD],
      ['are held', HELD_SOON],
    ])("of one tenant do not hold up the others' events, whether they %s", async (_, settings) => {
      const service = await bench.open(bench.newEnvironment(log), settings)
      const schemaId = await presentSchema(service.log)
      const body = uncheckedBody(outcome({ tenant_id: 'poisoned' }))
      const topic = service.log.topics.topic('events', 'poisoned')
      await append(
        service,
        [...TENANTS, 'poisoned'].map((tenant) => outcome({ tenant_id: tenant })),
      )
      const projecting = service.project()
      await service.catchUp()
      const clean = await delays(service)

      const ended = new AbortController()
      let poisoned = 0
      const poison = (async () => {
        for (let round = 0; !ended.signal.aborted; round++) {
          const values = [
            Buffer.from('{"no":"frame"}'),
            framed(2 ** 30 + round, body),
            framed(schemaId, body.subarray(0, -1)),
            framed(schemaId, uncheckedBody(outcome({ tenant_id: 'poisoned', event_id: 'a@b' }))),
            Buffer.alloc(0),
            Buffer.alloc(900_000, round % 256),
          ]
          await service.log.log.append(values.map((value) => ({ topic, record: logRecord(value) })))
          poisoned += values.length
          await pause(ROUND_MS)
        }
      })()
      const beside = await delays(service)
      ended.abort()
      await poison
      if (settings === HELD_SOON) {
        expect(await service.heldTopics()).toMatchObject([{ topic }])
        expect(await countRows(service, 'dead_letters')).toBeLessThan(20)
      } else {
        await service.catchUp()
        expect(await countRows(service, 'dead_letters')).toBe(poisoned)
      }
      await service.stopProjecting()
      await projecting

      const figures = (ms: readonly number[]) => `median ${ms[ms.length >> 1]} ms, longest ${ms.at(-1)} ms`
      console.log(`${log.name}: clean ${figures(clean)}; beside ${poisoned} poisoned ${figures(beside)}`)
      expect(poisoned).toBeGreaterThan(60)
      // A measure for being held up, not for speed: the machine may be busy with other things.
      const longest = clean.at(-1) ?? 0
      expect(beside.at(-1)).toBeLessThan(longest + LINGER_MS + Math.max(10_000, longest))
    })

    test('that name ten thousand unknown schemas are dead letters within seconds, and do not hold up others', async () => {
      const service = await bench.open(bench.newEnvironment(log), { ...NEVER_HELD, READ_WAIT_MS: '200000' })
      const topic = service.log.topics.topic('events', 'poisoned')
      await append(service, [outcome({ tenant_id: 'a' })])
      const asking = Date.now()
      for (let at = 0; at < 100; at++) await service.log.registry.schemaById((2 ** 29 + at) as SchemaId)
      const oneAfterAnother = 100 * (Date.now() - asking)
      await service.log.log.append(
        Array.from({ length: 10_000 }, (_, at) => ({
          topic,
          record: logRecord(framed(2 ** 30 + at, Buffer.alloc(9))),
        })),
      )
      const started = Date.now()
      const projecting = service.project()
      const [position] = await append(service, [outcome({ tenant_id: 'a' })])
      await service.waitUntilProjected([
        { topic: position!.topic, partition: position!.partition, next: offset(position!.offset + 1n) },
      ])
      const others = Date.now() - started
      await service.catchUp()
      const all = Date.now() - started
      console.log(
        `${log.name}: 10,000 unknown schemas in ${all} ms (asked for one after another: ${oneAfterAnother} ms), another tenant's event after ${others} ms`,
      )
      expect(await countRows(service, 'dead_letters')).toBe(10_000)
      expect(all).toBeLessThan(Math.max(300_000, 2 * oneAfterAnother))
      await service.stopProjecting()
      await projecting
    })
  })
}
