import { gzipSync } from 'node:zlib'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, post, randomName, startClickHouse, type ClickHouseFixture } from './clickhouse-server-fixture.ts'
import { until } from '../group-consumer/group-consumer-fixture.ts'

let fixture: ClickHouseFixture
let client: ClickHouseClient
let url: string
beforeAll(async () => {
  fixture = await startClickHouse()
  url = fixture.url
  client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } })
})
afterAll(async () => {
  await client.close()
  await fixture.stop()
})

/** Endless, and idle. */
function slowQuery(mark: string): string {
  return `SELECT sleepEachRow(0.1), '${mark}' FROM numbers(1000000) SETTINGS max_block_size = 1`
}
async function runningCount(text: string) {
  return Number(
    await ask(
      url,
      `SELECT count() FROM system.processes WHERE position(query, '${text}') > 0 AND query NOT LIKE '%system.processes%'`,
    ),
  )
}

describe('what a client asks', () => {
  test('is answered with the engine’s own version, databases and time zone', async () => {
    expect(await client.ping()).toMatchObject({ success: true })
    expect(await ask(url, 'SELECT version()')).toMatch(/^\d+\.\d+/)
    expect((await ask(url, 'SELECT name FROM system.databases')).split('\n')).toContain('default')
    const { headers } = await post(url, 'SELECT 1')
    expect(headers.get('x-clickhouse-timezone')).toBe(await ask(url, 'SELECT timezone()'))
  })

  test('may have parameters, in the URL or in a form', async () => {
    for (const use_multipart_params of [false, true]) {
      const result = await client.query({
        query: 'SELECT {text:String} AS text, {list:Array(Int32)} AS list, {none:Nullable(String)} AS none',
        query_params: { text: "tab\t 'quote' \\ \n;--", list: [1, 2], none: null },
        format: 'JSONEachRow',
        use_multipart_params,
      })
      expect(await result.json()).toEqual([{ text: "tab\t 'quote' \\ \n;--", list: [1, 2], none: null }])
    }
  })

  test('comes in the format that is named: in the statement, else by parameter, else by header, else TabSeparated', async () => {
    const formatOf = async (sql: string, parameters: Record<string, string>, headers: Record<string, string>) => {
      const response = await fetch(`${url}/?${new URLSearchParams(parameters).toString()}`, {
        method: 'POST',
        body: sql,
        headers,
      })
      return [response.headers.get('x-clickhouse-format'), (await response.text()).trimEnd()]
    }
    const header = { 'X-ClickHouse-Format': 'JSONCompactEachRow' }
    const parameter = { default_format: 'CSV' }
    expect(await formatOf("SELECT 'a' FORMAT JSONEachRow", parameter, header)).toEqual(['JSONEachRow', `{"'a'":"a"}`])
    expect(await formatOf("SELECT 'a'", parameter, header)).toEqual(['CSV', '"a"'])
    expect(await formatOf("SELECT 'a'", {}, header)).toEqual(['JSONCompactEachRow', '["a"]'])
    expect(await formatOf("SELECT 'FORMAT CSV' -- FORMAT CSV", {}, {})).toEqual(['TabSeparated', 'FORMAT CSV'])
  })

  test('may be split between URL and body', async () => {
    expect(await ask(url, '+ 2', { query: 'SELECT 1' })).toBe('3')
  })

  test('may name its database', async () => {
    const database = randomName()
    await ask(url, `CREATE DATABASE ${database}`)
    expect(await ask(url, 'SELECT currentDatabase()', { database })).toBe(database)
    expect(await ask(url, 'SELECT currentDatabase()')).toBe('default')
  })

  test('has settings of its own, which end with it', async () => {
    expect(await ask(url, `SELECT getSetting('max_threads')`, { max_threads: '7' })).toBe('7')
    expect(await ask(url, `SELECT getSetting('max_threads') SETTINGS max_threads = 6`, { max_threads: '7' })).toBe('6')
    const others = await Promise.all(
      Array.from({ length: 20 }, () => ask(url, `SELECT changed FROM system.settings WHERE name = 'max_threads'`)),
    )
    expect(new Set(others)).toEqual(new Set(['0']))
  })

  test('is one statement', async () => {
    expect(await post(url, 'SELECT 1; SELECT 2')).toMatchObject({ status: 400 })
    expect(await ask(url, `SELECT ';' /* ; */ ; -- ;`)).toBe(';')
  })

  test('keeps the id it was given', async () => {
    const { headers } = await post(url, 'SELECT 1', { query_id: 'mine' })
    expect(headers.get('x-clickhouse-query-id')).toBe('mine')
  })
})

describe('a fault', () => {
  test.each([
    ['SELECT * FROM nowhere', 60, 'UNKNOWN_TABLE', 404],
    ['SELEC 1', 62, 'SYNTAX_ERROR', 400],
    ['', 62, 'SYNTAX_ERROR', 400],
    [`SELECT toInt32('x')`, 6, 'CANNOT_PARSE_TEXT', 400],
    ['SELECT 1 FORMAT Nonsense', 73, 'UNKNOWN_FORMAT', 404],
    ['SELECT 1 SETTINGS nonsense = 1', 115, 'UNKNOWN_SETTING', 404],
    ['SELECT throwIf(1)', 395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', 500],
    [`SELECT 1 INTO OUTFILE '/tmp/x'`, 348, 'INTO_OUTFILE_NOT_ALLOWED', 500],
    [`INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV`, 78, 'UNKNOWN_TYPE_OF_QUERY', 404],
  ])('of %j is told as ClickHouse does: code %i, %s, status %i', async (sql, code, type, status) => {
    const answer = await post(url, sql)
    expect(answer).toMatchObject({ status })
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe(String(code))
    expect(answer.text).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: (?!Code)[^]* \\(${type}\\) \\(version .+\\)\n$`),
    )
  })

  test('reaches the client with its code and type', async () => {
    await expect(client.query({ query: 'SELECT * FROM nowhere' })).rejects.toMatchObject({
      code: '60',
      type: 'UNKNOWN_TABLE',
    })
  })

  test('of a setting that does not exist is no one else’s', async () => {
    expect(await post(url, 'SELECT 1', { nonsense: '1' })).toMatchObject({ status: 404 })
    expect(await ask(url, 'SELECT 1')).toBe('1')
  })
})

describe('a session', () => {
  test('keeps temporary tables and what SET says, for itself', async () => {
    const own = { session_id: randomName() }
    const other = { session_id: randomName() }
    await ask(url, 'CREATE TEMPORARY TABLE mine (a Int32)', own)
    await ask(url, 'INSERT INTO mine FORMAT CSV\n1\n2\n', own)
    await ask(url, 'SET max_threads = 5', own)
    expect(await ask(url, `SELECT sum(a), getSetting('max_threads') FROM mine`, own)).toBe('3\t5')
    expect(await post(url, 'SELECT * FROM mine', other)).toMatchObject({ status: 404 })
    expect(await post(url, 'SELECT * FROM mine')).toMatchObject({ status: 404 })
  })

  test('does not keep the settings of one request', async () => {
    const own = { session_id: randomName() }
    await ask(url, 'SET max_block_size = 1000', own)
    const settings = `SELECT getSetting('max_block_size'), getSetting('max_threads') = 7`
    expect(await ask(url, settings, { ...own, max_block_size: '10', max_threads: '7' })).toBe('10\t1')
    expect(await ask(url, settings, own)).toBe('1000\t0')
  })

  test('can be asked for only if it exists', async () => {
    const answer = await post(url, 'SELECT 1', { session_id: randomName(), session_check: '1' })
    expect(answer.headers.get('x-clickhouse-exception-code')).toBe('372')
  })

  test('does one thing at a time', async () => {
    const own = { session_id: randomName() }
    const slow = new AbortController()
    const mark = randomName()
    const parameters = new URLSearchParams(own).toString()
    const answer = fetch(`${url}/?${parameters}`, {
      method: 'POST',
      body: slowQuery(mark),
      signal: slow.signal,
    })
    await until(async () => (await runningCount(mark)) === 1)
    expect((await post(url, 'SELECT 1', own)).headers.get('x-clickhouse-exception-code')).toBe('373')
    slow.abort()
    await expect(answer).rejects.toThrow(/abort/)
    await until(async () => (await runningCount(mark)) === 0)
  })

  test('can only be read in by GET', async () => {
    const own = { session_id: randomName() }
    await ask(url, 'CREATE TEMPORARY TABLE mine (a Int32)', own)
    const get = async (query: string) =>
      (await fetch(`${url}/?${new URLSearchParams({ ...own, query }).toString()}`)).status
    expect(await get('DROP TABLE mine')).toBe(500)
    expect(await get('SELECT count() FROM mine')).toBe(200)
    expect((await post(url, 'DROP TABLE mine', own)).status).toBe(200)
  })

  test('ends when nobody asks for longer than its time', async () => {
    const own = { session_id: randomName(), session_timeout: '0' }
    await ask(url, 'CREATE TEMPORARY TABLE mine (a Int32)', own)
    await until(async () => (await post(url, 'SELECT 1', { ...own, session_check: '1' })).status !== 200)
  })
})

describe('the door', () => {
  test('changes nothing by GET', async () => {
    const response = await fetch(`${url}/?query=${encodeURIComponent('CREATE TABLE x (a Int32) ENGINE = Memory')}`)
    expect(response.headers.get('x-clickhouse-exception-code')).toBe('164')
    const lifted = await fetch(
      `${url}/?readonly=0&query=${encodeURIComponent('CREATE TABLE x (a Int32) ENGINE = Memory')}`,
    )
    expect(lifted.headers.get('x-clickhouse-exception-code')).toBe('164')
  })

  test('is open to its user only', async () => {
    const closed = await startClickHouse({ user: 'writer', password: 'p@ss/word:1' })
    try {
      const status = async (headers: Record<string, string>, parameters = '') => {
        const response = await fetch(`${closed.url}/?${parameters}`, { method: 'POST', body: 'SELECT 1', headers })
        return [response.status, response.headers.get('x-clickhouse-exception-code')]
      }
      const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
      expect(await status({})).toEqual([403, '516'])
      expect(await status(basic('writer:wrong'))).toEqual([403, '516'])
      expect(await status(basic('writer:p@ss/word:1'))).toEqual([200, null])
      expect(await status({ 'X-ClickHouse-User': 'writer', 'X-ClickHouse-Key': 'p@ss/word:1' })).toEqual([200, null])
      expect(await status({}, 'user=writer&password=p%40ss%2Fword:1')).toEqual([200, null])
      expect((await fetch(`${closed.url}/ping`)).status).toBe(200)
    } finally {
      await closed.stop()
    }
  })

  test('compresses what is asked for, and reads what is compressed', async () => {
    const response = await fetch(`${url}/?enable_http_compression=1`, {
      method: 'POST',
      body: gzipSync(`SELECT repeat('x', 1000)`),
      headers: { 'content-encoding': 'gzip', 'accept-encoding': 'zstd, gzip' },
    })
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect((await response.text()).trimEnd()).toBe('x'.repeat(1000))

    const compressing = createClient({ url, compression: { request: true, response: true } })
    const table = randomName()
    await compressing.command({ query: `CREATE TABLE ${table} (a Int32) ENGINE = Memory` })
    await compressing.insert({ table, values: [{ a: 1 }, { a: 2 }], format: 'JSONEachRow' })
    const result = await compressing.query({ query: `SELECT a FROM ${table} ORDER BY a`, format: 'JSONEachRow' })
    expect(await result.json()).toEqual([{ a: 1 }, { a: 2 }])
    await compressing.close()
  })

  test('says what it does not know', async () => {
    expect(await post(url, 'SELECT 1', { compress: '1' })).toMatchObject({ status: 501 })
    expect(await post(url, 'SELECT 1', { role: 'admin' })).toMatchObject({ status: 501 })
  })

  test('stays open while slow queries run, and stops those whose client has left', async () => {
    const leave = new AbortController()
    const mark = randomName()
    const slow = Array.from({ length: 3 }, () =>
      client.query({ query: slowQuery(mark), abort_signal: leave.signal, format: 'JSONEachRow' }),
    )
    await until(async () => (await runningCount(mark)) === 3)
    leave.abort()
    for (const query of slow) await expect(query).rejects.toThrow()
    await until(async () => (await runningCount(mark)) === 0)
  })

  test('keeps more requests than it has places waiting, and forgets those whose client has left', async () => {
    const leave = new AbortController()
    const mark = randomName()
    const slow = Array.from({ length: 7 }, () =>
      fetch(url, { method: 'POST', body: slowQuery(mark), signal: leave.signal }),
    )
    await until(async () => (await runningCount(mark)) === 7)
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => ask(url, `SELECT ${index}`)))
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => String(index)))
    leave.abort()
    await Promise.allSettled(slow)
    await until(async () => (await runningCount(mark)) === 0)
  })
})
