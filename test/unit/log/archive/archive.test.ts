import avro from 'avsc'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContainerReader } from '../../../../log/archive/container-reader.ts'
import { ContainerWriter } from '../../../../log/archive/container-writer.ts'
import { loggedRecordSchema, type LoggedRecord } from '../../../../log/archive/logged-record.ts'
import { portableValue, storedValue } from '../../../../log/archive/portable-value.ts'
import { presentSchema, writerSchema } from '../../../../log/archive/writer-schema.ts'
import { offset } from '../../../../base/position.ts'
import type { SchemaId } from '../../../../log/schema-registry.ts'
import { envelopeAvroSchema } from '../../../../schemas/avro/schema/avro-schema.ts'
import { typeOf } from '../../../../schemas/avro/avsc-types/type-of.ts'
import { frame } from '../../../../schemas/avro/wire-format.ts'
import { archiveOf, chunksOf, fleetRecords, recordsOf } from './archive-fixture.ts'

const HEAD: Omit<LoggedRecord, 'value'> = {
  topic: 'experience.events.acme',
  partition: 3,
  offset: offset(7),
  key: 'k',
  headers: {},
  timestamp: 0,
}
const OTHER = writerSchema('{"type":"record","name":"Other","fields":[{"name":"a","type":"long"}]}')!

test('gives back every record as it was', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 })
  const bytes = fc.uint8Array({ maxLength: 100 }).map((each) => Buffer.from(each))
  const value = fc.oneof(
    fc.constant({ kind: 'none' as const }),
    bytes.map((each) => ({ kind: 'raw' as const, bytes: each })),
  )
  const record = fc.record({
    topic: text,
    partition: fc.nat(2 ** 31 - 1),
    offset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(offset),
    key: text,
    headers: fc.dictionary(fc.oneof(text, fc.constant('__proto__'), fc.constant('1')), text, { maxKeys: 200 }),
    timestamp: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(-1, -(2 ** 63), 2 ** 63)),
    value,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 20 }), fc.integer({ min: 1, max: 5000 }), async (records, chunk) => {
      expect(await recordsOf(await archiveOf(records), chunk)).toEqual(records)
    }),
    { numRuns: 30 },
  )
})

test('is read by a library that is not ours, events as events, with every long exact', async () => {
  const records = [...fleetRecords(300)]
  const file = await archiveOf(records)
  const decoder = new avro.streams.BlockDecoder({
    parseHook: (schema: unknown) => {
      expect(schema).toEqual(JSON.parse(JSON.stringify(loggedRecordSchema)))
      return typeOf(schema)
    },
  })
  decoder.end(file)
  const read: { value: object; offset: bigint }[] = []
  for await (const each of decoder) read.push(each as never)
  expect(read.map((each) => each.offset)).toEqual(records.map((each) => each.offset))
  expect(read[5]?.value).toHaveProperty(['experience.ExperienceEventEnvelope', 'event_id'], records[5]?.key)
})

test('tells the text of another schema once, and knows it from then on', async () => {
  const value = { kind: 'framed' as const, schema: OTHER, bytes: frame(9, Buffer.of(2)) }
  const records = [value, value, { kind: 'raw' as const, bytes: frame(8, Buffer.of(2)) }].map((each) => ({
    ...HEAD,
    value: each,
  }))
  const read = await recordsOf(await archiveOf(records))
  expect(read.map((each) => [each.value.kind, 'schema' in each.value ? each.value.schema.text : null])).toEqual([
    ['framed', OTHER.text],
    ['framed', OTHER.text],
    ['raw', null],
  ])
})

describe('a file that is cut off', () => {
  test('is told wherever the cut is, also between blocks', async () => {
    const file = await archiveOf(fleetRecords(2000))
    const cuts = [
      0,
      3,
      4,
      100,
      ...Array.from({ length: 20 }, (_, at) => Math.floor((at * file.length) / 20)),
      file.length - 1,
    ]
    // What one block takes: the end of the file, which is an empty block of two compressed bytes.
    cuts.push(file.length - (1 + 1 + 2 + 16))
    for (const cut of cuts) {
      await expect(recordsOf(file.subarray(0, cut), 10_000), `at ${cut}`).rejects.toMatchObject({
        code: 'InvalidQuery',
        field: 'file',
        message: expect.stringMatching(
          cut < 4 ? /not an Avro object container/ : /is cut off (in its header|in block \d|after block \d)/,
        ),
      })
    }
  })

  test('gives all records of the blocks before', async () => {
    const file = await archiveOf(fleetRecords(2000))
    let read = 0
    const reading = async (): Promise<void> => {
      const container = await ContainerReader.open(chunksOf(file.subarray(0, -30), 10_000))
      for await (const block of container.blocks()) read += block.count
    }
    await expect(reading()).rejects.toThrow(/cut off in block/)
    expect(read).toBeGreaterThan(500)
  })
})

test('a damaged file is told, with the block', async () => {
  const file = await archiveOf(fleetRecords(2000))
  for (let at = file.length - 1; at > 30_000; at -= 9973) {
    const damaged = Buffer.from(file)
    damaged[at]! ^= 0x20
    const outcome = await recordsOf(damaged, 10_000).catch((error: unknown) => error)
    // A flipped bit of the compressed data may give other, whole records: deflate has no check sum.
    if (Array.isArray(outcome)) expect(outcome).toHaveLength(2000)
    else expect(outcome).toMatchObject({ code: 'InvalidQuery', message: expect.stringMatching(/block \d+/) })
  }
})

test('a record that does not fit the schema is told by its number', async () => {
  const written: Buffer[] = []
  const container = new ContainerWriter(JSON.stringify(loggedRecordSchema), async (bytes) => void written.push(bytes))
  const [record] = [...fleetRecords(1)]
  const file = await archiveOf([record!])
  const whole = await ContainerReader.open(chunksOf(file, 1000))
  for await (const { data } of whole.blocks()) await container.add([data])
  await container.add([Buffer.of(2, 65)])
  await container.end()
  await expect(recordsOf(Buffer.concat(written))).rejects.toThrow(/record 2 \(in block 1\) is damaged/)
})

test.each<[string, unknown, RegExp]>([
  ['of other records', { type: 'record', name: 'User', fields: [{ name: 'a', type: 'long' }] }, /"User"/],
  ['of no records', 'long', /not an exported log/],
  [
    'of the name with other fields',
    { type: 'record', name: 'LoggedRecord', namespace: 'experience', fields: [] },
    /as this release/,
  ],
])('a foreign Avro file %s is refused', async (_, schema, message) => {
  const encoder = new avro.streams.BlockEncoder(schema as never, { codec: 'deflate', writeHeader: 'always' })
  encoder.end()
  const chunks: Buffer[] = []
  for await (const chunk of encoder) chunks.push(chunk as Buffer)
  await expect(recordsOf(Buffer.concat(chunks))).rejects.toMatchObject({
    code: 'InvalidQuery',
    field: 'file',
    message: expect.stringMatching(message),
  })
})

test('a file with another codec is refused', async () => {
  const encoder = new avro.streams.BlockEncoder('long', {
    codec: 'snappy',
    codecs: { snappy: (bytes, callback) => callback(null, bytes) },
    writeHeader: 'always',
  })
  encoder.end()
  const chunks: Buffer[] = []
  for await (const chunk of encoder) chunks.push(chunk as Buffer)
  await expect(recordsOf(Buffer.concat(chunks))).rejects.toThrow(/codec is "snappy"/)
})

describe('a value', () => {
  const [record] = [...fleetRecords(1)]
  const body = record?.value.kind === 'event' ? record.value.body : Buffer.alloc(0)
  const earlier = writerSchema(
    JSON.stringify(envelopeAvroSchema, (key, value: unknown) =>
      key === 'fields' ? (value as { name: string }[]).filter(({ name }) => name !== 'metadata') : value,
    ),
  )!
  const byId = async (id: number) => [null, presentSchema(), earlier, OTHER][id] ?? null
  // The event's id, which comes first, as text that is not UTF-8.
  const notText = Buffer.from(body)
  notText[1] = 0xff

  test.each<[string, Buffer | null, string]>([
    ['that is missing', null, 'none'],
    ['that is empty', Buffer.alloc(0), 'raw'],
    ['that is not framed', Buffer.from('garbage 🙂'), 'raw'],
    ['of an unknown schema', frame(77, body), 'raw'],
    ['that is an event', frame(1, body), 'event'],
    ['of an earlier version', frame(2, body), 'framed'],
    ['of a schema of no envelopes', frame(3, Buffer.of(2)), 'framed'],
    ['that is too short for its schema', frame(1, body.subarray(0, -1)), 'framed'],
    ['with bytes to spare', frame(1, Buffer.concat([body, Buffer.of(0)])), 'framed'],
    ['with text that other libraries refuse', frame(1, notText), 'framed'],
  ])('%s comes back byte for byte, under the ids of another registry', async (_, bytes, kind) => {
    const portable = await portableValue(bytes, byId)
    expect(portable.kind).toBe(kind)
    const [read] = await recordsOf(await archiveOf([{ ...HEAD, value: portable }]))
    const ids = [presentSchema(), earlier, OTHER].map(({ fingerprint }) => fingerprint)
    const stored = await storedValue(read!.value, async (schema) => (101 + ids.indexOf(schema.fingerprint)) as SchemaId)
    const expected =
      kind === 'event' || kind === 'framed' ? frame(bytes!.readUInt32BE(1) + 100, bytes!.subarray(5)) : bytes
    expect(stored).toEqual(expected)
  })
})
