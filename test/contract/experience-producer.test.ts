import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExperienceProducer } from '../../service/producer/experience-producer.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { until } from './group-consumer/group-consumer-fixture.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import {
  kafka,
  lmdb,
  servicePlace,
  settingsOf,
  type Environment,
  type ServicePlace,
} from '../integration/service-place.ts'
import { outcome, uniqueId } from '../integration/test-events.ts'

let place: ServicePlace
beforeAll(async () => {
  place = await servicePlace()
})
afterAll(() => place.dispose())

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`the producer of the library: ${log.name}`, () => {
    /** Event ids of a tenant in the order of the log, which is asked by itself. */
    const held = async (environment: Environment, tenant: string): Promise<string[]> => {
      const open = await openLog(settingsOf(environment))
      const topic = open.topics.topic('events', tenant)
      const ids: string[] = []
      const ranges = (await open.log.offsets([topic])).map(({ partition, earliest, next }) => ({
        topic,
        partition,
        from: earliest,
        to: next,
      }))
      for await (const { records } of open.log.read(ranges))
        ids.push(...records.map(({ headers }) => headers['event_id']!))
      await open.close()
      return ids
    }

    test('appends with the log alone, and answers with positions that follow one another', async () => {
      const directory = await temporaryDirectory()
      const environment = { ...place.newEnvironment(log), EXPERIENCE_LOG_DATA: directory.path }
      const producer = await ExperienceProducer.open(settingsOf(environment))
      const tenant_id = uniqueId('tenant')
      const first = await producer.append(outcome({ tenant_id, event_id: 'a' }))
      const second = await producer.appendJson(
        '{"event_id":"b","occurred_at":"2026-04-23T09:14:07Z","tenant_id":"TENANT","event":{"type":"BudgetExceeded","data":{"chain_id":"c","resource":"Time","limit":"1"}}}'.replace(
          'TENANT',
          tenant_id,
        ),
      )
      expect(second).toEqual({ ...first, offset: first.offset + 1n })
      await producer.close()
      expect(await held(environment, tenant_id)).toEqual(['a', 'b'])
      expect(existsSync(join(directory.path, 'clickhouse'))).toBe(false)
      await directory.remove()
    })

    test('tells of each event of a batch what became of it, and appends the others', async () => {
      const environment = place.newEnvironment(log)
      const producer = await ExperienceProducer.open(settingsOf(environment))
      const tenant_id = uniqueId('tenant')
      const verdicts = await producer.appendBatch([
        outcome({ tenant_id, event_id: 'a' }),
        outcome({ tenant_id, event_id: 'no spaces' }),
        Buffer.from('{"event_id":"c"'),
        outcome({ tenant_id, event_id: 'd' }),
        outcome({ tenant_id, event_id: 'e' }, { tokens: -1 }),
        outcome({ tenant_id, event_id: 'f', correlation_id: 'x'.repeat(257) }),
        JSON.stringify(outcome({ tenant_id, event_id: 'g' })),
      ])
      expect(verdicts).toMatchObject([
        { verdict: 'accepted', position: { partition: 0, offset: 0n } },
        { verdict: 'rejected', code: 'InvalidQuery', field: 'event_id', retryable: false },
        { verdict: 'rejected', code: 'InvalidQuery', field: 'document' },
        { verdict: 'accepted', position: { partition: 0, offset: 1n } },
        { verdict: 'rejected', code: 'InvalidQuery', field: 'event.data.tokens' },
        { verdict: 'rejected', code: 'InvalidQuery', field: 'correlation_id' },
        { verdict: 'accepted', position: { partition: 0, offset: 2n } },
      ])
      expect(await producer.appendBatch([])).toEqual([])
      await producer.close()
      expect(await held(environment, tenant_id)).toEqual(['a', 'd', 'g'])
    })

    test('appends a list over several tenants as a whole, or not at all', async () => {
      const environment = place.newEnvironment(log)
      const producer = await ExperienceProducer.open(settingsOf(environment))
      const [here, there] = [uniqueId('tenant'), uniqueId('tenant')]
      const list = (last: string) => [
        outcome({ tenant_id: here, event_id: 'a' }),
        outcome({ tenant_id: there, event_id: last }),
      ]
      await expect(producer.appendAtomic(list(''))).rejects.toMatchObject({
        code: 'InvalidQuery',
        field: 'events[1].event_id',
      })
      expect(await held(environment, here)).toEqual([])
      expect(await producer.appendAtomic(list('b'))).toMatchObject([{ partition: 0 }, { partition: 0 }])
      await producer.close()
      // Kafka shows a transaction a moment after it has answered for it.
      await until(async () => (await held(environment, there)).length > 0)
      await until(async () => (await held(environment, here)).length > 0)
      expect([await held(environment, here), await held(environment, there)]).toEqual([['a'], ['b']])
    })

    test('says when there is room, and drains when it is flushed or closed', async () => {
      const environment = place.newEnvironment(log)
      const producer = await ExperienceProducer.open(
        settingsOf(environment, { PRODUCER_MAX_IN_FLIGHT_BYTES: String(1 << 20), PRODUCER_LINGER_MS: '60000' }),
      )
      const tenant_id = uniqueId('tenant')
      const payload = { backend: 'b'.repeat(20_000) }
      const append = (index: number) => producer.append(outcome({ tenant_id, event_id: `evt-${index}` }, payload))
      await producer.ready()
      const calls = Array.from({ length: 200 }, (_, index) => append(index))
      let isReady = false
      const ready = producer.ready().then(() => (isReady = true))
      await new Promise((resolve) => setImmediate(resolve))
      expect(isReady).toBe(false)
      expect(producer.inFlightBytes).toBeLessThanOrEqual(1 << 20)
      await ready
      await producer.flush()
      expect(producer.inFlightBytes).toBe(0)
      expect((await Promise.all(calls)).map(({ offset }) => offset)).toEqual(calls.map((_, index) => BigInt(index)))

      const last = append(200)
      await Promise.all([producer.close(), producer.close()])
      expect(await last).toMatchObject({ offset: 200n })
      const closed = { code: 'Unavailable', retryable: false }
      await expect(append(201)).rejects.toMatchObject(closed)
      await expect(producer.appendBatch([outcome()])).rejects.toMatchObject(closed)
      await expect(producer.appendAtomic([outcome()])).rejects.toMatchObject(closed)
      expect(await held(environment, tenant_id)).toHaveLength(201)
    })
  })
}
