import { describe, expect, test } from 'vitest'
import { allowedFunctions } from '../../../queries/sql/check/allowed-functions.ts'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { eventsBehindDoors } from '../events-behind-doors.ts'
import { lmdb } from '../service-place.ts'
import { appendEvents } from './append-events.ts'
import { embeddedEngine } from './embedded-engine.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, linesOf, posting, type Answered } from './questions.ts'

const bench = new HttpBench()

type Asking = (sql: string, init?: RequestInit, query?: string) => Promise<Answered>

/** A serving process with events of two tenants, and who asks it. */
async function door(changes: Readonly<Record<string, string>> = {}): Promise<{
  readonly url: string
  readonly database: string
  readonly logged: readonly string[]
  readonly acme: Asking
  readonly everybody: Asking
}> {
  const environment = bench.newEnvironment(lmdb)
  const keyOf = async (tenant: string | null): Promise<string> => bench.createKey(environment, tenant, ['read'])
  const [acmeKey, allKey] = [await keyOf('acme'), await keyOf(null)]
  const { url, logged } = await bench.serve(environment, { changes })
  await appendEvents(environment, eventsBehindDoors)
  const asking =
    (key: string): Asking =>
    (sql, init = {}, query = '') =>
      ask(`${url}/v1/sql${query}`, withKey(key, { ...init, method: 'POST', body: sql }))
  return {
    url,
    logged,
    database: environment['CLICKHOUSE_DATABASE']!,
    acme: asking(acmeKey),
    everybody: asking(allKey),
  }
}

/** Runs for days, a block at a time. */
const ENDLESS =
  'SELECT count() FROM numbers(10000000) AS a, numbers(1000000) AS b WHERE cityHash64(a.number, b.number) = 1'

async function runningStatements(): Promise<number> {
  const rows = await embeddedEngine(bench.directory, (query) =>
    query(`SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] != ''`),
  )
  return (rows[0] as { n: number }).n
}

function json({ status, text }: Answered): Record<string, unknown> {
  expect([status, text]).toEqual([200, expect.anything()])
  return JSON.parse(text) as Record<string, unknown>
}

describe('SQL over HTTP', () => {
  test('answers with columns, types and exact rows', async () => {
    const { acme } = await door()
    const answered = await acme(
      'SELECT backend, tokens, cost_usd, latency_ms / 0 AS inf FROM outcomes ORDER BY event_id',
    )
    expect(answered.text).toContain(
      '"rows":[["x", 18446744073709551615, 1.5, null],["y, \\"z\\"\\nw", null, null, null]],"count":2,"cut":false',
    )
    expect(json(answered)['columns']).toEqual([
      { name: 'backend', type: 'Nullable(String)' },
      { name: 'tokens', type: 'Nullable(UInt128)' },
      { name: 'cost_usd', type: 'Nullable(Decimal(38, 6))' },
      { name: 'inf', type: 'Nullable(Float64)' },
    ])
    expect(answered.headers.get('experience-freshness')).toContain('consistency=latest; lag_events=0')
  })

  test('as lines, with a last line that counts them, and as CSV', async () => {
    const { acme } = await door()
    const sql = 'SELECT event_id, backend FROM outcomes ORDER BY event_id'
    const { lines, end } = linesOf(await acme(sql, inLines()))
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { event_id: 'a', backend: 'x' },
      { event_id: 'b', backend: 'y, "z"\nw' },
    ])
    expect(end).toMatchObject({ count: 2, cut: false })
    const csv = await acme(sql, { headers: { accept: 'text/csv' } })
    expect(csv.text).toBe('"event_id","backend"\n"a","x"\n"b","y, ""z""\nw"\n')
    expect(csv.headers.get('experience-rows')).toBe('2')
  })

  test('a tenant’s key sees the tenant’s rows alone, in every view and whatever it asks for', async () => {
    const { acme, everybody } = await door()
    for (const view of readableViews.keys()) {
      const { text } = await acme(`SELECT DISTINCT tenant_id FROM ${view}`)
      expect([view, text]).toEqual([view, expect.stringMatching(/"rows":\[(\["acme"\])?\]/)])
    }
    expect(json(await acme('SELECT count() FROM events'))['rows']).toEqual([[4]])
    expect(json(await acme('SELECT count() FROM events', {}, '?tenant_id=other'))['rows']).toEqual([[0]])
    expect(json(await everybody('SELECT count() FROM events'))['rows']).toEqual([[6]])
    expect(json(await everybody('SELECT count() FROM events', {}, '?tenant_id=other'))['rows']).toEqual([[1]])
  })

  test('views have the columns that the validator knows', async () => {
    const { acme, database } = await door()
    await acme('SELECT 1')
    const rows = await embeddedEngine(bench.directory, (query) =>
      query(
        `SELECT table, groupArray(name) AS names FROM (SELECT * FROM system.columns WHERE database = '${database}' ORDER BY position) GROUP BY table`,
      ),
    )
    const shown = new Map((rows as { table: string; names: string[] }[]).map(({ table, names }) => [table, names]))
    for (const { name, columns } of readableViews.values()) expect([name, shown.get(name)]).toEqual([name, columns])
  })

  test('the engine knows every function that is allowed, by that name', async () => {
    await door()
    const rows = await embeddedEngine(bench.directory, (query) =>
      query('SELECT name, is_aggregate FROM system.functions'),
    )
    const known = new Map(
      (rows as { name: string; is_aggregate: number }[]).map(({ name, is_aggregate }) => [name, is_aggregate]),
    )
    const { scalar, aggregate, window } = allowedFunctions
    const unknown = [...scalar.values(), ...aggregate.values(), ...window.values()].filter((name) => !known.has(name))
    expect(unknown).toEqual([])
    expect([...scalar.values()].filter((name) => known.get(name) !== 0)).toEqual([])
    expect([...aggregate.values()].filter((name) => known.get(name) !== 1)).toEqual([])
  })

  test('statements of every clause', async () => {
    const { acme } = await door()
    const rowsOf = async (sql: string): Promise<unknown> => json(await acme(sql))['rows']
    expect(
      await rowsOf(
        "SELECT step, countIf(passed), quantileTDigest(0.5)(latency_ms) FROM outcomes WHERE instant BETWEEN '2026-01-01' AND '2027-01-01' GROUP BY step HAVING count() > 1",
      ),
    ).toEqual([['Planning', 1, 10]])
    expect(
      await rowsOf(
        'WITH w AS (SELECT backend, row_number() OVER (ORDER BY event_id) AS n FROM outcomes) SELECT n FROM w QUALIFY n = 2',
      ),
    ).toEqual([[2]])
    expect(
      await rowsOf(
        'SELECT o.event_id, h.claim FROM outcomes AS o INNER JOIN hypotheses AS h ON o.chain_id = h.chain_id ORDER BY 1 LIMIT 1',
      ),
    ).toEqual([['a', 'The supplier delivers late.']])
    expect(await rowsOf('SELECT n, x FROM (SELECT [1, 2] AS xs, 1 AS n) ARRAY JOIN xs AS x ORDER BY x DESC')).toEqual([
      [1, 2],
      [1, 1],
    ])
    expect(
      await rowsOf('SELECT passed, count() FROM outcomes GROUP BY ROLLUP(passed) ORDER BY 2 DESC LIMIT 1'),
    ).toEqual([[null, 2]])
    expect(
      await rowsOf(
        "WITH h AS (SELECT 'a') SELECT event_id IN ('a', 'z'), event_id IN (SELECT event_id FROM hypotheses), event_id IN h FROM outcomes WHERE event_id = 'a'",
      ),
    ).toEqual([[1, 0, 1]])
    expect(
      await rowsOf(
        'SELECT CASE WHEN passed THEN 1 ELSE 2 END AS c, event_id::String, (1, 2).2, arrayMap(x -> x + 1, [1])[1] FROM outcomes ORDER BY c LIMIT 1 OFFSET 1',
      ),
    ).toEqual([[2, 'b', 2, 2]])
    expect(await rowsOf('SELECT 1 AS a UNION ALL SELECT number FROM numbers(2, 2) ORDER BY number')).toHaveLength(3)
    expect(
      await rowsOf(
        "SELECT toDate('2026-01-31') + INTERVAL 1 MONTH, DATE '2026-01-01', artifact_id FROM artifact_states",
      ),
    ).toEqual([['2026-02-28', '2026-01-01', 'a-1']])
    expect(await rowsOf('SELECT * EXCEPT (payload) FROM outcomes LIMIT 1 BY backend LIMIT 5')).toHaveLength(2)
  })

  test('parameters are given in the query or in JSON', async () => {
    const { acme, url } = await door()
    const sql = 'SELECT event_id FROM outcomes WHERE backend = {b:String} AND event_id IN {ids:Array(String)}'
    expect(json(await acme(sql, {}, `?param_b=x&param_ids=${encodeURIComponent("['a','b']")}`))['rows']).toEqual([
      ['a'],
    ])
    const inJson = posting(JSON.stringify({ sql, parameters: { b: 'x', ids: ['a', "it's"] } }))
    expect(json(await acme(inJson.body as string, inJson))['rows']).toEqual([['a']])
    const short = await ask(`${url}/v1/sql?sql=${encodeURIComponent('SELECT 1')}`)
    expect(short.status).toBe(401)
    for (const text of ["'", '\\', "x'; --", '\u{1F600}\0\n`"']) {
      const odd = posting(JSON.stringify({ sql: 'SELECT {t:String} AS t', parameters: { t: text } }))
      expect(json(await acme(odd.body as string, odd))['rows']).toEqual([[text]])
    }
  })

  test('a refusal tells the places, and the engine’s words never leave', async () => {
    const { acme } = await door()
    const { status, text } = await acme('SELECT hostName(),\n  nothing FROM events')
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({
      error: {
        code: 'InvalidQuery',
        field: 'sql',
        message: expect.stringContaining('sql: line 1, column 8: the function "hostName" may not be used') as string,
        faults: [
          { code: 'unknown_function', message: expect.anything() as string, line: 1, column: 8 },
          { code: 'unknown_column', message: expect.anything() as string, line: 2, column: 3 },
        ],
      },
    })
    const failed = await acme('SELECT toUInt8(assumeNotNull(backend)) FROM outcomes')
    expect([failed.status, failed.text]).toEqual([
      400,
      expect.stringContaining('use a function that ends in OrNull (ClickHouse 6)'),
    ])
    expect(failed.text).not.toContain('"z')
  })

  test('what is no question is refused in words', async () => {
    const { acme } = await door()
    const asJson = (body: string): Promise<Answered> => {
      const init = posting(body)
      return acme(body, init)
    }
    const faults = [
      await acme('SELECT 1', {}, '?format=csv'),
      await asJson('{"sql":"SELECT 1","format":"csv"}'),
      await asJson('{"sql":1}'),
      await asJson('{'),
      await asJson(`{"sql":"SELECT {a:UInt8}","parameters":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`),
      await asJson('{"sql":"SELECT {a:UInt8}","parameters":{"a":{"b":1}}}'),
      await acme('SELECT {a:UInt8}', {}, '?param_a=1&param_a=2'),
      await acme(''),
    ]
    expect(faults.map(({ status }) => status)).toEqual(faults.map(() => 400))
    const xml = await acme('SELECT 1', { headers: { 'content-type': 'text/xml' } })
    expect(xml.status).toBe(415)
  })

  test('limits of rows, bytes, time, memory and length, each in its own words', async () => {
    const { acme } = await door({
      SQL_RESULT_ROWS: '3',
      SQL_RESULT_BYTES: '100000',
      SQL_TIMEOUT_MS: '1000',
      SQL_MEMORY_BYTES: '50000000',
      SQL_STATEMENT_BYTES: '2000',
    })
    const cut = await acme('SELECT number FROM numbers(10) ORDER BY number')
    expect(json(cut)).toMatchObject({ rows: [[0], [1], [2]], count: 3, cut: true })
    expect(cut.headers.get('experience-cut')).toBe('true')
    expect(json(await acme('SELECT number FROM numbers(3)'))).toMatchObject({ count: 3, cut: false })
    expect((await acme("SELECT repeat('x', 200000) AS r")).text).toContain('takes more than 100000 bytes')
    expect((await acme('SELECT length(groupArray(number)) FROM numbers(10000000)')).text).toContain(
      'needs more than 50000000 bytes of memory',
    )
    expect((await acme(ENDLESS)).text).toContain('took longer than 1000 ms')
    expect((await acme(`SELECT ${'1,'.repeat(1000)}1`)).status).toBe(413)
  })

  test('who goes away ends the statement', async () => {
    const { acme } = await door({ SQL_TIMEOUT_MS: '3600000' })
    await acme('SELECT 1')
    const gone = new AbortController()
    // As many as run at once: others wait for them.
    const asked = [1, 2].map(() => acme(ENDLESS, { signal: gone.signal }).catch(() => 'gone'))
    await expect.poll(() => runningStatements(), { timeout: 60_000 }).toBe(2)
    gone.abort()
    expect(await Promise.all(asked)).toEqual(['gone', 'gone'])
    expect(json(await acme('SELECT 1'))['rows']).toEqual([[1]])
  })

  test('needs the role read', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const { url } = await bench.serve(environment)
    expect((await ask(`${url}/v1/sql?sql=SELECT%201`, withKey(key))).status).toBe(403)
  })
})
