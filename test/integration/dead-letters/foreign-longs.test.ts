import { describe, expect, test } from 'vitest'
import { typeOf } from '../../../schemas/avro/avsc-types/type-of.ts'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { framed, logRecord } from './bad-records.ts'

/** The schema of a producer that leaves out what it does not use. */
const foreignSchema = JSON.stringify(envelopeAvroSchema, (key, value: unknown) =>
  key === 'fields' ? (value as { name: string }[]).filter(({ name }) => name !== 'metadata') : value,
)
const foreignType = typeOf(JSON.parse(foreignSchema))

function foreignBody(event_id: string, tokens: bigint): Buffer {
  return foreignType.toBuffer({
    event_id,
    occurred_at: '2026-04-23T09:00:00Z',
    tenant_id: 'a',
    correlation_id: null,
    event: {
      'experience.OutcomeRecorded': {
        chain_id: 'c',
        step: 'Planning',
        passed: true,
        stop_reason: null,
        latency_ms: null,
        tokens: BigInt.asUintN(64, tokens),
        cost_microdollars: null,
        backend: null,
      },
    },
  })
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`a schema that is not ours on ${log.name}`, () => {
    const bench = new ServiceBench()

    test('has signed longs: a negative one is a dead letter, and in no sum', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      const { registry, topics, log: to } = service.log
      const schemaId = await registry.register('a-producer-of-its-own', foreignSchema)
      const topic = topics.topic('events', 'a')
      const bodies = [foreignBody('evt-1', 7n), foreignBody('evt-2', -1n), foreignBody('evt-3', 2n ** 63n - 1n)]
      await to.append(bodies.map((body) => ({ topic, record: logRecord(framed(schemaId, body)) })))
      await service.catchUp()

      const { store } = service.readModel
      const sum = `SELECT toString(sum(toUInt128(tokens))) AS tokens FROM ${store.table('outcomes')}`
      expect(await store.query({ sql: sum })).toEqual([{ tokens: String(2n ** 63n + 6n) }])
      expect(await countRows(service)).toBe(2)
      const letters = `SELECT reason, field, message, offset FROM ${store.table('dead_letters')}`
      expect(await store.query({ sql: letters })).toEqual([
        {
          reason: 'Invalid',
          field: 'event.data.tokens',
          message: expect.stringContaining('must be an unsigned 64-bit integer, and is -1') as string,
          offset: '1',
        },
      ])
    })
  })
}
