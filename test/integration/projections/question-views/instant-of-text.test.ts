import { afterAll, beforeAll, expect, test } from 'vitest'
import { quoteText } from '../../../../base/quote-sql.ts'
import {
  instantOfNanoseconds,
  nanosecondsOf,
  partsOfEpoch,
  partsOfIso,
} from '../../../../projections/views/question-views/instant-of-text.ts'
import { spellTime, timeSpellings } from '../../../../producers/fleet/spell-time.ts'
import { parseInstant } from '../../../../schemas/instant.ts'
import { migratedStore, type MigratedStore } from '../migrated-store.ts'

let migrated: MigratedStore
beforeAll(async () => void (migrated = await migratedStore()))
afterAll(() => migrated.dispose())

/** The nanoseconds that the engine makes of texts. */
async function read(texts: readonly string[]): Promise<(string | null)[]> {
  const inner = `SELECT t, ${partsOfIso('t')} AS iso, ${partsOfEpoch('t')} AS epoch FROM (SELECT arrayJoin([${texts.map(quoteText).join(', ')}]) AS t)`
  const rows = await migrated.store.query<{ ns: string | null }>({
    sql: `SELECT toString(${nanosecondsOf('iso', 'epoch')}) AS ns FROM (${inner})`,
  })
  return rows.map(({ ns }) => ns)
}

test('reads what producers write as the projection does', async () => {
  const moments = Array.from({ length: 400 }, (_, n) => Date.UTC(1999, 0, 1) + n * 2_345_678_901.25)
  const texts = [
    ...moments.flatMap((ms) => timeSpellings.map(({ spelling }) => spellTime(ms, spelling))),
    '0Z',
    '-1Z',
    '+1.5Z',
    '-1,25Z',
    '999999999999999Z',
    '1776945600.1234567891Z',
    '1900-01-01T00:00Z',
    '2299-12-31T23:59:60Z',
    '2024-02-29',
    '2100-02-28T00:00',
    '2026-04-23T09:00:00.000000001-23:59',
    '2026-04-23T09',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-01-00',
    '2026-04-23T24:00:01Z',
    '2026-04-23T23:60Z',
    '2026-04-23T09:00:61Z',
    '2026-04-23T09:00+24:00',
    '2026-04-23T09:00+02:60',
    '',
    'Z',
    ' 2026-04-23',
    '2026-04-23Z',
    'now',
    '1776945600',
  ]
  const wanted = texts.map((text) => (text === '2026-04-23T09' ? null : (parseInstant(text)?.toString() ?? null)))
  expect(await read(texts)).toEqual(wanted)
})

test('does not know the rarer forms of ISO 8601, and says so by NULL', async () => {
  const texts = [
    '20260423T090000Z',
    '2026-113',
    '2026-W17-4',
    '2026-04',
    '2026-04-23T09:00.5Z',
    '1899-12-31T00:00:00Z',
    '+012026-04-23',
  ]
  expect(texts.map((text) => parseInstant(text) === null)).not.toContain(true)
  expect(await read(texts)).toEqual(texts.map(() => null))
})

test('an instant is NULL outside of what its type can hold', async () => {
  const ns = [
    '-2208988800000000001',
    '-2208988800000000000',
    '9214646399999999999',
    '9214646400000000000',
    '999999999999999000000000',
  ]
  const rows = await migrated.store.query<{ at: string | null }>({
    sql: `SELECT ${instantOfNanoseconds('n')} AS at FROM (SELECT toInt128(arrayJoin([${ns.map(quoteText).join(', ')}])) AS n)`,
  })
  expect(rows.map(({ at }) => at)).toEqual([
    null,
    '1900-01-01 00:00:00.000000000',
    '2261-12-31 23:59:59.999999999',
    null,
    null,
  ])
})
