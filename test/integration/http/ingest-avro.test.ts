import { describe, expect, test } from 'vitest'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { ENVELOPE_SUBJECT, envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { frame } from '../../../schemas/avro/wire-format.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { envelopeFromJson, envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { loggedEvents } from './logged-events.ts'
import { keyHeaders, post, textOf } from './post-events.ts'

const bench = new HttpBench()
const ONE = { 'content-type': 'application/vnd.apache.avro' }
const MANY = { 'content-type': 'application/vnd.experience-log.avro-records' }

/** The id under which the registry has the schema of envelopes. */
async function schemaId(environment: Environment): Promise<number> {
  const log = await openLog(settingsOf(environment))
  try {
    return await log.registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
  } finally {
    await log.close()
  }
}

function record(id: number, text: string): Buffer {
  return frame(id, envelopeToAvro(envelopeFromJson(text)))
}

function behindLengths(records: readonly Buffer[]): Buffer {
  return Buffer.concat(
    records.flatMap((each) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(each.length)
      return [length, each]
    }),
  )
}

describe('events in Avro', () => {
  test('one, and many behind their lengths, are stored as the events that they are', async () => {
    const environment = bench.newEnvironment(lmdb)
    const id = await schemaId(environment)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const texts = Array.from(simulateFleet({ seed: 11, events: 400 }), (each) =>
      envelopeToJson({ ...each, tenant_id: 'acme' }),
    )
    const one = await post(url, record(id, texts[0]!), ONE)
    expect(one).toMatchObject({ status: 200, body: { accepted: 1, positions: [{ first: 0, last: 0 }] } })
    const many = behindLengths(texts.slice(1).map((text) => record(id, text)))
    const rest = await post(url, many, MANY)
    expect(rest).toMatchObject({ status: 200, body: { accepted: 399, positions: [{ first: 1, last: 399 }] } })
    expect(await loggedEvents(environment, 'acme')).toEqual(texts)
    const atomic = await post(url, many, MANY, '?atomic=true')
    expect(atomic).toMatchObject({ status: 200, body: { accepted: 399 } })
  })

  test('go to the partition that the same event as JSON goes to, with the same headers', async () => {
    const environment = bench.newEnvironment(lmdb)
    const id = await schemaId(environment)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const texts = Array.from(simulateFleet({ seed: 12, events: 100 }), (each) =>
      envelopeToJson({ ...each, tenant_id: 'acme' }),
    )
    await post(url, texts.join('\n'))
    await post(url, behindLengths(texts.map((text) => record(id, text))), MANY)
    const { log, topics } = await openLog(settingsOf(environment))
    const [offsets] = await log.offsets([topics.topic('events', 'acme')])
    const range = { topic: offsets!.topic, partition: 0, from: offsets!.earliest, to: offsets!.next }
    const records: unknown[] = []
    for await (const batch of log.read([range])) {
      for (const { key, value, headers } of batch.records) {
        records.push({ key, value: Buffer.from(value!), kind: headers['kind'], event_id: headers['event_id'] })
      }
    }
    expect(records).toHaveLength(200)
    expect(records.slice(100)).toEqual(records.slice(0, 100))
  })

  test('are refused where they are none, break the contract, or are of an unknown schema', async () => {
    const environment = bench.newEnvironment(lmdb)
    const id = await schemaId(environment)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const good = textOf(outcome({ tenant_id: 'acme' }))
    const wrongId = frame(id, envelopeToAvro({ ...parseEnvelope(outcome()), event_id: 'not an id' }))
    const cut = record(id, good).subarray(0, -3)
    const answer = await post(
      url,
      behindLengths([Buffer.from('{}'), wrongId, cut, record(99_999, good), record(id, good)]),
      MANY,
    )
    expect(answer.status).toBe(207)
    expect(answer.body.accepted).toBe(1)
    expect(answer.body.errors.map(({ index, code, field }) => ({ index, code, field }))).toEqual([
      { index: 0, code: 'InvalidQuery', field: 'document' },
      { index: 1, code: 'InvalidQuery', field: 'event_id' },
      { index: 2, code: 'InvalidQuery', field: 'document' },
      { index: 3, code: 'InvalidQuery', field: 'schema' },
    ])
    const within = await post(url, behindLengths([record(id, good), record(id, good)]).subarray(0, -1), MANY)
    expect(within).toMatchObject({ status: 400, body: { accepted: 1, error: { field: 'body' } } })
    const unframed = await post(url, Buffer.from(`${good}\n${good}`), MANY)
    expect(unframed).toMatchObject({ status: 400, body: { accepted: 0, error: { field: 'body' } } })
    expect(await loggedEvents(environment, 'acme')).toEqual([good, good])
  })

  test("get the key's tenant where they name none", async () => {
    const environment = bench.newEnvironment(lmdb)
    const id = await schemaId(environment)
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const none = textOf(outcome())
    const foreign = textOf(outcome({ tenant_id: 'rival' }))
    const body = behindLengths([record(id, none), record(id, foreign)])
    const answer = await post(url, body, keyHeaders(key, MANY))
    expect(answer).toMatchObject({
      status: 207,
      body: { errors: [{ index: 1, code: 'Forbidden', field: 'tenant_id' }] },
    })
    expect(await loggedEvents(environment, 'acme')).toEqual([none.replace('"tenant_id":null', '"tenant_id":"acme"')])
  })
})
