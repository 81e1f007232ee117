import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { int32, nullable, string, uint64 } from '../../projections/columns/column-types.ts'
import { AnswerTooLarge } from '../../projections/answer-too-large.ts'
import type { ForeignQuestion, ReadModelStore, Statement } from '../../projections/read-model-store.ts'
import { blockOf } from '../../projections/native/block-builder.ts'
import { column, columnDefinitions, type RowOf } from '../../projections/columns/table-columns.ts'

export interface ReadModelStoreFixture {
  readonly store: ReadModelStore
  dispose(): Promise<void>
}

const columns = {
  id: column(int32, 'Id'),
  text: column(string, 'Any text'),
  total: column(nullable(uint64), 'Any 64 bits'),
}
type Row = RowOf<typeof columns>

/** What every read model store does. */
export function describeReadModelStore(
  name: string,
  create: (database: string) => Promise<ReadModelStoreFixture>,
): void {
  describe(`read model store: ${name}`, () => {
    let fixture: ReadModelStoreFixture
    let store: ReadModelStore
    let rows: string

    beforeAll(async () => {
      fixture = await create(`test_${randomBytes(6).toString('hex')}`)
      store = fixture.store
      await store.command({ sql: `CREATE DATABASE ${store.database}` })
    })
    afterAll(async () => {
      await store.command({ sql: `DROP DATABASE ${store.database} SYNC` })
      await fixture.dispose()
    })
    beforeEach(async () => {
      rows = `rows_${randomBytes(6).toString('hex')}`
      await store.command({
        sql: `CREATE TABLE ${store.table(rows)} (${columnDefinitions(columns)})
          ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
      })
    })

    async function insert(token: string, values: readonly Row[]): Promise<void> {
      await store.insert({ ...blockOf(columns, values), table: rows, deduplicationToken: token })
    }

    const all = () => store.query({ sql: `SELECT * FROM ${store.table(rows)} ORDER BY id` })

    test('gives back what was inserted, wide integers as strings', async () => {
      const text = `tab\t quote' "double" back\\slash\r\n\n\nblank line; INSERT INTO x VALUES (1) \0 \u2028 \u{1F680}`
      await insert('a', [
        { id: 1, text, total: 2n ** 64n - 1n },
        { id: -2, text: '', total: null },
      ])
      expect(await all()).toEqual([
        { id: -2, text: '', total: null },
        { id: 1, text, total: '18446744073709551615' },
      ])
    })

    test('drops an insert whose token was seen, whatever it holds', async () => {
      await insert('range-1', [{ id: 1, text: 'first', total: 1n }])
      await insert('range-1', [{ id: 2, text: 'other', total: 2n }])
      await insert('range-2', [{ id: 3, text: 'first', total: 1n }])
      expect(await all()).toMatchObject([{ id: 1 }, { id: 3 }])
    })

    test('keeps two equal inserts with tokens of their own', async () => {
      await insert("it's \\ a token", [{ id: 1, text: 'same', total: 1n }])
      await insert("it's another", [{ id: 1, text: 'same', total: 1n }])
      expect(await all()).toHaveLength(2)
    })

    test('makes one part of an insert, even of one beyond the usual block, so that all of it is there or nothing', async () => {
      const many = Array.from({ length: 1_200_000 }, (_, id) => ({ id, text: `row ${id}`, total: BigInt(id) }))
      await insert('large', many)
      const parts = await store.query({
        sql: `SELECT rows FROM system.parts WHERE database = {database:String} AND table = {table:String} AND level = 0`,
        params: { database: store.database, table: rows },
      })
      expect(parts).toEqual([{ rows: '1200000' }])
    })

    test('does nothing for an insert without rows', async () => {
      await insert('empty', [])
      await insert('empty', [{ id: 1, text: 'x', total: 1n }])
      expect(await all()).toHaveLength(1)
    })

    test('passes parameters as values, whatever they hold', async () => {
      const nasty = `'; DROP TABLE ${rows}; -- \\ \t\n\r\0 {x:String} \u{1F680}`
      const params = {
        text: nasty,
        list: [nasty, 'a,b', "']"],
        big: 2n ** 64n - 1n,
        flag: true,
        none: null,
        small: -1.5,
      }
      const [row] = await store.query({
        sql: `SELECT {text:String} AS text, {list:Array(String)} AS list, {big:UInt64} AS big, {flag:Bool} AS flag,
          {none:Nullable(String)} AS none, {small:Float64} AS small`,
        params,
      })
      expect(row).toEqual({ ...params, big: '18446744073709551615' })
    })

    test('keeps the parameters of queries at the same time apart', async () => {
      const numbers = Array.from({ length: 60 }, (_, index) => String(index))
      const answers = await Promise.all(
        numbers.map((n) => store.query<{ n: string }>({ sql: 'SELECT {n:UInt64} AS n, sleep(0.005)', params: { n } })),
      )
      expect(answers.map(([row]) => row?.n)).toEqual(numbers)
    })

    test('answers, or gives up, a query for whose answer nobody waits any more, and goes on', async () => {
      await insert('a', [{ id: 1, text: '', total: null }])
      const left = new AbortController()
      const slow = { sql: 'SELECT max(sipHash64(number)) AS last FROM numbers(20000000)' }
      const asked = Array.from({ length: 12 }, () => store.query(slow, left.signal))
      left.abort()
      const settled = await Promise.allSettled(asked)
      const codes = settled.flatMap((each) =>
        each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
      )
      expect(new Set(codes)).toEqual(new Set(['Interrupted']))
      await expect(store.query(slow, left.signal)).rejects.toMatchObject({ code: 'Interrupted' })
      expect(await all()).toHaveLength(1)
    })

    test.each([
      ['', ''],
      [' that it would have to sort', ' ORDER BY cityHash64(text, number) LIMIT 300'],
    ])('gives up an answer%s that takes more than it may, and goes on', async (_, order) => {
      const texts = (length: number): Statement => ({
        sql: `SELECT number, repeat('x', ${length}) AS text FROM numbers(400)${order}`,
        mostBytes: 4 << 20,
      })
      await expect(store.query(texts(100_000))).rejects.toBeInstanceOf(AnswerTooLarge)
      expect((await store.query(texts(1000))).length).toBeGreaterThanOrEqual(300)
    })

    test('answers a query without rows with none', async () => {
      expect(await all()).toEqual([])
    })

    test('names the fault of a statement, and never the data in it', async () => {
      await expect(store.query({ sql: `SELECT * FROM ${store.database}.nowhere` })).rejects.toMatchObject({
        code: 'StorageError',
        retryable: false,
        message: expect.stringMatching(/UNKNOWN_TABLE \(code 60\)/) as string,
      })
      const secret = { sql: `SELECT toUInt64({secret:String})`, params: { secret: 'sk-secret' } }
      await expect(store.query(secret)).rejects.toMatchObject({
        code: 'StorageError',
        message: expect.not.stringContaining('sk-secret') as string,
      })
    })

    test('an answer holds nothing of a statement that failed before', async () => {
      // It fails when a part of its answer is written.
      const sql = 'SELECT number, throwIf(number = 150000) FROM numbers(300000)'
      const failing = { sql: `${sql} SETTINGS max_block_size = 50000, max_threads = 1` }
      await Promise.all(
        [1, 2, 3].map(() => expect(store.query(failing)).rejects.toMatchObject({ code: 'StorageError' })),
      )
      const answers = await Promise.all([1, 2, 3].map(() => store.query({ sql: 'SELECT 1 AS one' })))
      expect(answers).toEqual([[{ one: 1 }], [{ one: 1 }], [{ one: 1 }]])
    })

    test('foreign questions have answers of their own, bare 64-bit numbers, one row more than the limit, and limits', async () => {
      const limits = { milliseconds: 60_000, memoryBytes: 1 << 28, rows: 2, more: 'one', resultBytes: 100_000 } as const
      const ask = async (sql: string, change: Partial<ForeignQuestion> = {}): Promise<string> =>
        String(await store.answerForeign({ sql, tenant: { kind: 'all' }, format: 'JSONEachRow', limits, ...change }))
      await expect(ask('SELECT number, throwIf(number = 1) FROM numbers(3)')).rejects.toMatchObject({
        code: 'StorageError',
        cause: { number: 395 },
      })
      expect(
        await ask(
          'SELECT 18446744073709551615 AS n UNION ALL SELECT 18446744073709551615 UNION ALL SELECT 18446744073709551615 UNION ALL SELECT 18446744073709551615',
        ),
      ).toBe('{"n":18446744073709551615}\n'.repeat(3))
      expect(await ask('SELECT 1 AS a', { format: 'JSONCompactEachRowWithNamesAndTypes' })).toBe(
        '["a"]\n["UInt8"]\n[1]\n',
      )
      await expect(ask("SELECT repeat('x', 200000)")).rejects.toMatchObject({ cause: { number: 396 } })
      await expect(ask('SELECT repeat(toString(number), 60000) AS x FROM numbers(2) ORDER BY x')).rejects.toMatchObject(
        { cause: { number: 396 } },
      )
      const three = 'SELECT number FROM numbers(3) ORDER BY number DESC'
      await expect(ask(three, { limits: { ...limits, more: 'error' } })).rejects.toMatchObject({
        cause: { number: 396 },
      })
      expect(await ask(three, { limits: { ...limits, more: 'none' } })).toBe('{"number":2}\n{"number":1}\n')
      expect(
        await ask('SELECT toTypeName(now())', { settings: { session_timezone: 'Asia/Tokyo' }, format: 'RowBinary' }),
      ).toBe('\u0008DateTime')
      const left = AbortSignal.abort()
      const question = { sql: 'SELECT 1', tenant: { kind: 'all' }, format: 'CSVWithNames', limits } as const
      await expect(store.answerForeign(question, left)).rejects.toMatchObject({ code: 'Interrupted' })
    })

    test('refuses rows that do not fit the columns, and inserts none of them', async () => {
      const block = blockOf(columns, [{ id: 1, text: 'x', total: 1n }])
      const torn = {
        ...block,
        native: [Buffer.concat(block.native).subarray(0, -1)],
        table: rows,
        deduplicationToken: 'torn',
      }
      await expect(store.insert(torn)).rejects.toMatchObject({
        code: 'StorageError',
        retryable: false,
      })
      expect(await all()).toEqual([])
    })

    test('says which faults pass', async () => {
      await expect(
        store.query({
          sql: 'SELECT sleepEachRow(1) FROM numbers(3) SETTINGS max_execution_time = 1, max_block_size = 1',
        }),
      ).rejects.toMatchObject({ code: 'StorageError', retryable: true })
    })
  })
}
