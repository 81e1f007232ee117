import { offset } from '../../../base/position.ts'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  bool,
  bytes,
  float64,
  int32,
  int64,
  milliseconds,
  nanoseconds,
  nullable,
  repeated,
  string,
  textMap,
  uint128,
  uint32,
  uint64,
} from '../../../projections/columns/column-types.ts'
import { eventRow } from '../../../projections/events/event-row.ts'
import { blockOf } from '../../../projections/native/block-builder.ts'
import { column, columnDefinitions, type RowOf } from '../../../projections/columns/table-columns.ts'
import { arbitraryEnvelope } from '../../conformance/arbitrary-envelope.ts'
import { loggedEvent } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from './migrated-store.ts'

const columns = {
  place: column(int32, 'Order'),
  text: column(string, 'Text'),
  repeated: column(repeated, 'Text'),
  raw: column(bytes, 'Bytes'),
  flag: column(nullable(bool), 'Bool'),
  small: column(uint32, 'Number'),
  signed: column(int64, 'Number'),
  unsigned: column(nullable(uint64), 'Number'),
  wide: column(uint128, 'Number'),
  double: column(nullable(float64), 'Number'),
  instant: column(nanoseconds, 'Time'),
  millis: column(milliseconds, 'Time'),
  map: column(textMap, 'Texts'),
}
type Row = RowOf<typeof columns>

const text = fc.string({ unit: 'binary', maxLength: 300 })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const finite = { noNaN: true, noDefaultInfinity: true }

const arbitraryRow: fc.Arbitrary<Omit<Row, 'place'>> = fc.record({
  text,
  repeated: text,
  raw: fc.uint8Array({ maxLength: 200 }),
  flag: fc.option(fc.boolean()),
  small: fc.nat({ max: 2 ** 32 - 1 }),
  signed: i64,
  unsigned: fc.option(u64),
  wide: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  double: fc.option(fc.double(finite)),
  instant: i64,
  millis: fc.integer({ min: -2_208_988_800_000, max: 10_413_791_999_999 }),
  map: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
})

describe('Native in ClickHouse', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
  })
  afterAll(() => migrated.dispose())

  test('gives back every value of every type', async () => {
    const { store } = migrated
    const into = store.table('every_type')
    await store.command({
      sql: `CREATE TABLE ${into} (${columnDefinitions(columns)}) ENGINE = MergeTree ORDER BY place`,
    })
    const property = fc.asyncProperty(fc.array(arbitraryRow, { minLength: 1, maxLength: 50 }), async (generated) => {
      await store.command({ sql: `TRUNCATE TABLE ${into}` })
      const block = blockOf(
        columns,
        generated.map((row, place) => ({ place, ...row })),
      )
      await store.insert({ ...block, table: 'every_type', deduplicationToken: '' })
      const read = await store.query({
        sql: `SELECT text, repeated, hex(raw) AS raw, flag, small, signed, unsigned,
          hex(reinterpretAsFixedString(wide)) AS wide,
          reinterpretAsUInt64(double) AS double, toUnixTimestamp64Nano(instant) AS instant,
          toUnixTimestamp64Milli(millis) AS millis, map
          FROM ${into} ORDER BY place`,
      })
      expect(read).toEqual(generated.map(asRead))
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('gives back the row of any event', async () => {
    const { store, generation } = migrated
    const from = store.table(generation.eventsTable)
    const property = fc.asyncProperty(
      fc.array(arbitraryEnvelope, { minLength: 1, maxLength: 30 }),
      async (envelopes) => {
        await store.command({ sql: `TRUNCATE TABLE ${from}` })
        const events = envelopes.map((envelope, index) => ({
          ...loggedEvent(envelope),
          offset: offset(index),
        }))
        await migrated.insert(events)
        const read = await store.query<Record<string, unknown>>({
          sql: `SELECT * REPLACE (
            toUnixTimestamp64Nano(instant) AS instant,
            toUnixTimestamp64Milli(logged_at) AS logged_at,
            hex(reinterpretAsFixedString(digest)) AS digest
          ) FROM ${from} ORDER BY offset`,
        })
        expect(read).toEqual(events.map((event) => asRead(eventRow(event))))
      },
    )
    await fc.assert(property, { numRuns: 40 })
  })
})

/** A row as the queries above answer with it. */
function asRead(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === 'bigint') return [name, value.toString()]
      if (value instanceof Uint8Array) return [name, Buffer.from(value).toString('hex').toUpperCase()]
      if (name === 'millis' || name === 'logged_at') return [name, String(value)]
      if (name === 'double' && value !== null) {
        return [name, String(new BigUint64Array(Float64Array.of(value as number).buffer)[0])]
      }
      return [name, value]
    }),
  )
}
