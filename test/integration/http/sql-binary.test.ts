import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rowsOfArrow } from '../../../service/http/sql/binary/arrow-rows.ts'
import { rowsOfParquet } from '../../../service/http/sql/binary/parquet-rows.ts'
import { installPython, runPython } from '../../python-package.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { HttpBench, withKey } from './http-bench.ts'

const PYARROW = 'pyarrow==26.0.1'
const PARQUET = 'application/vnd.apache.parquet'
const ARROW = 'application/vnd.apache.arrow.stream'
const READERS = [
  [PARQUET, rowsOfParquet],
  [ARROW, rowsOfArrow],
] as const

const bench = new HttpBench()

interface Bytes {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** Asks a serving process, which holds the events of two tenants, with the key of one. */
async function door(
  changes: Readonly<Record<string, string>> = {},
): Promise<(sql: string, type: string) => Promise<Bytes>> {
  const environment = bench.newEnvironment(lmdb)
  const key = await bench.createKey(environment, 'acme', ['read'])
  const { url } = await bench.serve(environment, { changes })
  await appendEvents(environment, [
    outcome(
      { event_id: 'a', tenant_id: 'acme', occurred_at: '2026-04-23T09:00:00.123456789Z' },
      { tokens: 2n ** 64n - 1n, cost_microdollars: 1n },
    ),
    outcome({ event_id: 'b', tenant_id: 'acme' }, { backend: 'ü "x"', passed: false, stop_reason: 'Converged' }),
    outcome({ event_id: 'c', tenant_id: 'other' }),
  ])
  return async (sql, accept) => {
    const response = await fetch(`${url}/v1/sql`, withKey(key, { method: 'POST', body: sql, headers: { accept } }))
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
  }
}

describe('SQL as Parquet and Arrow', () => {
  test('is read by others, with types that they can use', async (context) => {
    const packages = await installPython(context, PYARROW)
    const ask = await door()
    const sql = `SELECT event_id, instant, hour, backend, passed, stop_reason, tokens, cost_usd, sum(tokens) OVER () AS total, toInt256(-1) AS widest,
      toDateTime('2026-04-23 09:00:00', 'UTC') AS second, [stop_reason] AS words FROM outcomes ORDER BY event_id`
    const directory = await temporaryDirectory()
    const files = await Promise.all(
      READERS.map(async ([type, rowsOf], place) => {
        const { status, headers, body } = await ask(sql, type)
        expect([
          status,
          headers.get('content-type'),
          headers.get('experience-rows'),
          headers.get('experience-cut'),
        ]).toEqual([200, type, '2', 'false'])
        expect(rowsOf(body)).toBe(2)
        const file = join(directory.path, String(place))
        await writeFile(file, body)
        return file
      }),
    )
    const read = JSON.parse(
      await runPython(packages, [join(import.meta.dirname, 'read-binary.py'), ...files]),
    ) as Record<'parquet' | 'arrow', { types: Record<string, string>; rows: unknown }>
    await directory.remove()
    for (const form of ['parquet', 'arrow'] as const) {
      expect(read[form].types).toMatchObject({
        event_id: 'string',
        instant: 'timestamp[ns, tz=UTC]',
        backend: 'string',
        passed: 'bool',
        stop_reason: 'string',
        tokens: 'decimal256(76, 0)',
        cost_usd: 'decimal128(38, 6)',
        total: 'decimal256(76, 0)',
        widest: 'string',
      })
      expect(read[form].rows).toMatchObject([
        {
          event_id: 'a',
          instant: '2026-04-23 09:00:00.123456789Z',
          hour: expect.stringMatching(/^2026-04-23 09:00:00(\.000)?Z$/) as string,
          passed: 'True',
          stop_reason: null,
          tokens: '18446744073709551615',
          cost_usd: '0.000001',
          total: '18446744073709551615',
          widest: '-1',
          second: expect.stringMatching(/^2026-04-23 09:00:00(\.000)?Z$/) as string,
          words: '[None]',
        },
        {
          event_id: 'b',
          backend: 'ü "x"',
          passed: 'False',
          stop_reason: 'Converged',
          tokens: null,
          words: "['Converged']",
        },
      ])
    }
  })

  test('of no rows, of all views, and a cut one, which says so', async () => {
    const ask = await door({ SQL_RESULT_ROWS: '3' })
    for (const [type, rowsOf] of READERS) {
      const none = await ask('SELECT event_id FROM outcomes WHERE false', type)
      expect([none.status, rowsOf(none.body), none.headers.get('experience-cut')]).toEqual([200, 0, 'false'])
      const exact = await ask('SELECT number FROM numbers(3)', type)
      expect([rowsOf(exact.body), exact.headers.get('experience-cut')]).toEqual([3, 'false'])
      const cut = await ask('SELECT number FROM numbers(1000) ORDER BY number', type)
      expect([rowsOf(cut.body), cut.headers.get('experience-rows'), cut.headers.get('experience-cut')]).toEqual([
        3,
        '3',
        'true',
      ])
    }
  })

  test('the engine itself reads the file back', async () => {
    const ask = await door()
    const { body } = await ask('SELECT number, toString(number) AS text FROM numbers(100000)', PARQUET)
    expect(rowsOfParquet(body)).toBe(100_000)
    const directory = await temporaryDirectory()
    const file = join(directory.path, 'rows.parquet')
    await writeFile(file, body)
    const rows = await embeddedEngine(bench.directory, (query) =>
      query(
        `SELECT count() AS n, sum(number) AS total, countIf(text = toString(number)) AS same FROM file('${file}', Parquet)`,
      ),
    )
    expect(rows).toEqual([{ n: 100_000, total: 4_999_950_000, same: 100_000 }])
    await directory.remove()
  })

  test('what these formats cannot have is refused in words', async () => {
    const ask = await door()
    for (const [type] of READERS) {
      const twice = await ask('SELECT 1, 1', type)
      expect([twice.status, twice.body.toString()]).toEqual([
        400,
        expect.stringContaining('two columns have the same name'),
      ])
      const wrong = await ask('SELECT toUInt8(assumeNotNull(backend)) FROM outcomes', type)
      expect([wrong.status, wrong.body.toString()]).toEqual([400, expect.stringContaining('ClickHouse 6')])
      expect((await ask('SELECT hostName()', type)).status).toBe(400)
    }
  })
})
