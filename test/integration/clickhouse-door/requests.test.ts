import { describe, expect, test } from 'vitest'
import { decompressBlocks, compressBlocks } from '../../../service/clickhouse-door/protocol/native-compression.ts'
import { lmdb } from '../service-place.ts'
import { bench, openDoor } from './door-bench.ts'

/** The bytes of an answer, as they were sent. */
async function bytesOf(url: string, init: RequestInit): Promise<Buffer> {
  return Buffer.from(await (await fetch(url, init)).arrayBuffer())
}

describe('requests to the door for clients of ClickHouse', () => {
  test('a key is sent in each of the ways that clients know', async () => {
    const { url, key, everythingKey } = await openDoor()
    const basic = (user: string, password: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    })
    const count = async (headers: Record<string, string>, query = ''): Promise<[number, string]> => {
      const response = await fetch(`${url}/?query=SELECT%20count()%20FROM%20events${query}`, { headers })
      return [response.status, (await response.text()).trim()]
    }
    expect(await count(basic('anybody', key))).toEqual([200, '4'])
    expect(await count({ authorization: `Bearer ${key}` })).toEqual([200, '4'])
    expect(await count({ 'x-clickhouse-user': 'me', 'x-clickhouse-key': key })).toEqual([200, '4'])
    expect(await count({}, `&user=me&password=${key}`)).toEqual([200, '4'])
    expect(await count(basic('anybody', everythingKey))).toEqual([200, '6'])
    expect(await count(basic('anybody', everythingKey), '&tenant_id=other')).toEqual([200, '1'])
    expect(await count(basic('anybody', key), '&tenant_id=other')).toEqual([200, '0'])
    for (const headers of [{}, basic('default', ''), basic('me', 'wrong'), { authorization: 'Digest x' }]) {
      const [status, text] = await count(headers)
      expect([status, text]).toEqual([
        401,
        expect.stringMatching(/^Code: 516\. DB::Exception: .* \(AUTHENTICATION_FAILED\)/),
      ])
    }
  })

  test('a key needs the role read, and a process without keys answers this machine alone', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { clickhouseUrl: url } = await bench.serve(environment, { clickhouse: true })
    expect(await (await fetch(`${url}/?query=SELECT%201`)).text()).toBe('1\n')
    const foreign = await fetch(`${url}/?query=SELECT%201`, { headers: { origin: 'https://elsewhere.example' } })
    expect([foreign.status, foreign.headers.get('x-clickhouse-exception-code')]).toEqual([403, '497'])
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const refused = await fetch(`${url}/?query=SELECT%201`, { headers: { 'x-clickhouse-key': key } })
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('the key needs the role read'),
    ])
  })

  test('who asks whether somebody is there needs no key', async () => {
    const { url } = await openDoor()
    for (const path of ['/ping', '/replicas_status', '/'])
      expect(await (await fetch(`${url}${path}`)).text()).toBe('Ok.\n')
    const missing = await fetch(`${url}/play`)
    expect([missing.status, (await missing.text()).startsWith('Code: ')]).toEqual([404, true])
  })

  test('the statement stands in the URL, the body, both, or a form; files are no tables', async () => {
    const { url, key, acme } = await openDoor()
    const headers = { 'x-clickhouse-key': key }
    expect((await acme('FROM outcomes', '?query=SELECT%20count()')).text).toBe('2\n')
    const form = new FormData()
    form.set('query', 'SELECT {a:Array(String)} AS a, {b:String} AS b, {c:Nullable(String)} AS c')
    form.set('param_a', "['x','it\\'s']")
    form.set('param_b', 'tab\\tslash\\\\end')
    form.set('param_c', '\\N')
    expect(await (await fetch(url, { method: 'POST', body: form, headers })).text()).toBe(
      "['x','it\\'s']\ttab\\tslash\\\\end\t\\N\n",
    )
    form.set('mine', new Blob(['1\n']), 'mine.tsv')
    const refused = await fetch(url, { method: 'POST', body: form, headers })
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Code: 48. ')])
    const sent = await fetch(`${url}/?decompress=1`, {
      method: 'POST',
      headers,
      body: new Uint8Array(await compressBlocks(Buffer.from('SELECT 7'))),
    })
    expect(await sent.text()).toBe('7\n')
    const spoiled = await fetch(`${url}/?decompress=1`, {
      method: 'POST',
      headers,
      body: 'SELECT 7 AS spoiled, 1, 2, 3, 4',
    })
    expect([spoiled.status, spoiled.headers.get('x-clickhouse-exception-code')]).toEqual([400, '40'])
  })

  test('an answer is compressed as it was asked for, and tells nothing of what was read', async () => {
    const { url, key, acme } = await openDoor()
    const headers = { 'x-clickhouse-key': key }
    const query = 'query=SELECT%20number%20FROM%20numbers(50000)'
    const plain = await bytesOf(`${url}/?${query}&enable_http_compression=0`, { headers })
    expect(plain.toString().split('\n')).toHaveLength(50_001)
    expect(decompressBlocks(await bytesOf(`${url}/?${query}&compress=1`, { headers }), 1e9).equals(plain)).toBe(true)
    const gzipped = await fetch(`${url}/?${query}`, { headers: { ...headers, 'accept-encoding': 'gzip' } })
    expect(gzipped.headers.get('content-encoding')).toBe('gzip')
    expect((await gzipped.text()).length).toBe(plain.length)
    const answered = await acme(
      'SELECT event_id FROM events LIMIT 1 FORMAT JSON',
      '?query_id=mine&session_timezone=Europe/Berlin',
    )
    expect(JSON.parse(answered.text)).toEqual({
      meta: [{ name: 'event_id', type: 'String' }],
      data: [expect.anything()],
      rows: 1,
    })
    expect(Object.fromEntries(answered.headers)).toMatchObject({
      'content-type': 'application/json; charset=UTF-8',
      'x-clickhouse-format': 'JSON',
      'x-clickhouse-query-id': 'mine',
      'x-clickhouse-server-display-name': 'experience-log',
      'x-clickhouse-timezone': 'Europe/Berlin',
      'x-clickhouse-summary': expect.stringContaining('"read_rows":"0"') as string,
    })
  })

  test('settings: taken, lowered, left aside, or refused by name', async () => {
    const { acme } = await openDoor({ SQL_RESULT_ROWS: '10' })
    const lines = async (sql: string, query: string): Promise<string[]> =>
      (await acme(sql, query)).text.trimEnd().split('\n')
    expect(await lines('SELECT timezone(), toHour(toDateTime(0))', '?session_timezone=Asia/Tokyo')).toEqual([
      'Asia/Tokyo\t9',
    ])
    expect(
      await lines("SELECT timezone() SETTINGS max_threads = 1, session_timezone = 'Asia/Tokyo' FORMAT CSV", ''),
    ).toEqual(['"UTC"'])
    expect(await lines('SELECT number FROM numbers(100)', '?max_result_rows=3&result_overflow_mode=break')).toEqual([
      '0',
      '1',
      '2',
    ])
    expect(await lines('SELECT number FROM numbers(100)', '?limit=2')).toEqual(['0', '1'])
    expect(
      await lines('SELECT 1', '?max_execution_time=100000&wait_end_of_query=1&select_sequential_consistency=1'),
    ).toEqual(['1'])
    const refusals: [string, string, string][] = [
      [
        'SELECT number FROM numbers(11)',
        '?max_result_rows=1000000',
        'Code: 396. DB::Exception: its answer has more than 10 rows',
      ],
      [
        'SELECT 1',
        '?max_rows_to_read=1',
        'Code: 115. DB::Exception: the setting "max_rows_to_read" may not be set here',
      ],
      [
        'SELECT 1 SETTINGS optimize_move_to_prewhere = 1',
        '',
        'Code: 115. DB::Exception: the setting "optimize_move_to_prewhere"',
      ],
      [
        'SELECT 1',
        '?session_timezone=Nowhere',
        'Code: 36. DB::Exception: the setting "session_timezone" may not have this value',
      ],
      ['SELECT 1', '?database=nowhere', 'Code: 81. DB::Exception: "nowhere" is no database'],
      ['SELECT 1 FORMAT Template', '', 'Code: 73. DB::Exception: nothing is answered in the format "Template"'],
      ["SET session_timezone = 'Asia/Tokyo'", '?session_id=x', 'Code: 36. DB::Exception: sessions keep nothing'],
      [
        'INSERT INTO events VALUES (1)',
        '',
        'Code: 164. DB::Exception: line 1, column 1: "INSERT": a statement is a SELECT (READONLY)',
      ],
      [
        'SELECT a FROM nowhere WHERE file(1)',
        '',
        'line 1, column 8: no view and no alias of the statement is called "a"; line 1, column 15',
      ],
    ]
    for (const [sql, query, words] of refusals) {
      const { status, text } = await acme(sql, query)
      expect([sql, status >= 400 && status < 500, text]).toEqual([sql, true, expect.stringContaining(words)])
    }
  })

  test('filters of tables leave out more of what the caller may see', async () => {
    const { acme } = await openDoor()
    const filter = (condition: string, table = 'outcomes'): string =>
      `?${new URLSearchParams({ additional_table_filters: `{'${table}' : '${condition}'}` }).toString()}`
    expect((await acme('SELECT count() FROM outcomes', filter("backend = \\'x\\'"))).text).toBe('1\n')
    expect(
      (await acme('SELECT count() FROM outcomes AS o JOIN events AS e USING (event_id)', filter('passed'))).text,
    ).toBe('1\n')
    expect((await acme('SELECT count() FROM facts', filter('passed'))).text).toBe('0\n')
    expect((await acme('SELECT count() FROM outcomes', filter("tenant_id = \\'other\\' OR 1"))).text).toBe('2\n')
    const { text } = await acme('SELECT count() FROM outcomes', filter('secret = 1'))
    expect(text).toContain('Code: 47. DB::Exception: line 1, column 1: in additional_table_filters: no view')
  })

  test('a statement ends when its own caller kills it, and nobody else', async () => {
    const { url, acme, everythingKey } = await openDoor()
    const endless =
      'SELECT count() FROM numbers(10000000) AS a, numbers(1000000) AS b WHERE cityHash64(a.number, b.number) = 1'
    const running = acme(endless, '?query_id=slow')
    const kill = "KILL QUERY WHERE query_id = 'slow'"
    await fetch(url, { method: 'POST', body: kill, headers: { 'x-clickhouse-key': everythingKey } })
    await new Promise((resolve) => setTimeout(resolve, 500))
    await acme(kill)
    const { status, text } = await running
    expect([status, text]).toEqual([
      400,
      expect.stringContaining('Code: 394. DB::Exception: the statement was cancelled'),
    ])
  })

  test('the views have the types that the catalog tells', async () => {
    const { acme } = await openDoor()
    for (const view of ['events', 'outcomes', 'artifact_states', 'dead_letters']) {
      const told = (await acme(`SELECT name, type FROM system.columns WHERE table = '${view}' ORDER BY position`)).text
      const described = (await acme(`DESCRIBE (SELECT * FROM ${view})`)).text.replaceAll(/\t+$/gm, '')
      expect(described).toBe(told)
    }
  })
})
