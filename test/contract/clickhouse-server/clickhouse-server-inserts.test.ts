import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ask, post, randomName, startClickHouse, type ClickHouseFixture } from './clickhouse-server-fixture.ts'
import { until } from '../group-consumer/group-consumer-fixture.ts'

let fixture: ClickHouseFixture
let url: string
let table: string
beforeAll(async () => {
  fixture = await startClickHouse()
  url = fixture.url
})
afterAll(() => fixture.stop())
beforeEach(async () => {
  table = randomName()
  await ask(
    url,
    `CREATE TABLE ${table} (id Int32, text String DEFAULT concat('row ', toString(id)), total Nullable(UInt64))
      ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
  )
})

function rows(): Promise<string> {
  return ask(url, `SELECT * FROM ${table} ORDER BY ALL FORMAT JSONCompactEachRow`)
}
async function count(): Promise<number> {
  return Number(await ask(url, `SELECT count() FROM ${table}`))
}
function partsOf(): Promise<string> {
  return ask(url, `SELECT rows FROM system.parts WHERE database = 'default' AND table = '${table}' AND level = 0`)
}

const SAMPLE = `SELECT * FROM (SELECT 1::Int32 AS id, 'tab\\t ''quote'' "double" \\\\ \\r\\n\\n\\n; INSERT INTO x VALUES (1) \\0 ü' AS text, 18446744073709551615::Nullable(UInt64) AS total
  UNION ALL SELECT -2, '', NULL) ORDER BY id`

describe('an insert', () => {
  test.each([
    'RowBinary',
    'RowBinaryWithNames',
    'RowBinaryWithNamesAndTypes',
    'Native',
    'JSONEachRow',
    'JSONStringsEachRow',
    'JSONCompactEachRow',
    'JSONCompactEachRowWithNames',
    'JSONCompactEachRowWithNamesAndTypes',
    'JSON',
    'JSONColumnsWithMetadata',
    'CSV',
    'CSVWithNames',
    'TabSeparated',
    'TSVWithNamesAndTypes',
    'Values',
    'Parquet',
    'Arrow',
    'ArrowStream',
    'ORC',
    'Avro',
    'MsgPack',
    'BSONEachRow',
  ])('of %s holds what came out as that format', async (format) => {
    const wanted = (await ask(url, `${SAMPLE} FORMAT JSONCompactEachRow`)).split('\n')
    const { bytes } = await post(url, `${SAMPLE} FORMAT ${format}`)
    const inUrl = await post(url, bytes, { query: `INSERT INTO ${table} (id, text, total) FORMAT ${format}` })
    expect(inUrl).toMatchObject({ status: 200, text: '' })
    expect((await rows()).split('\n')).toEqual(wanted)

    await ask(url, `TRUNCATE TABLE ${table}`)
    const head = Buffer.from(`INSERT INTO ${table} SETTINGS insert_deduplicate = 0 FORMAT ${format}\n`)
    expect(await post(url, Buffer.concat([head, bytes]))).toMatchObject({ status: 200, text: '' })
    expect((await rows()).split('\n')).toEqual(wanted)
  })

  test('of the client’s own writes objects, and bytes as they are', async () => {
    const client = createClient({ url })
    await client.insert({ table, values: [{ id: 1, text: 'a;\n\nb', total: '7' }], format: 'JSONEachRow' })
    await client.insert({ table, values: [[2, 'x']], columns: ['id', 'text'], format: 'JSONCompactEachRow' })
    await client.insert({ table, values: Readable.from(['3,"y\n\nz",8\n'], { objectMode: false }), format: 'CSV' })
    const { stream } = await client.exec({
      query: `INSERT INTO ${table} (id) FORMAT RowBinary`,
      values: Readable.from([Buffer.from('04000000', 'hex')], { objectMode: false }),
    })
    for await (const _ of stream) continue
    await client.close()
    expect((await rows()).split('\n').map((row) => JSON.parse(row) as unknown)).toEqual([
      [1, 'a;\n\nb', 7],
      [2, 'x', null],
      [3, 'y\n\nz', 8],
      [4, 'row 4', null],
    ])
  })

  test('names its columns in any order, and leaves the others to their defaults', async () => {
    await ask(url, `7,1\n\\N,2`, { query: `INSERT INTO ${table} (total, id) FORMAT CSV` })
    await ask(url, `INSERT INTO ${table} FORMAT JSONEachRow {"total": 9, "id": 3} {"id": 4, "text": "given"}`)
    await ask(url, `INSERT INTO ${table} (id, text) VALUES (5, 'it''s; VALUES'), (6, {text:String})`, {
      param_text: 'bound',
    })
    expect((await rows()).split('\n').map((row) => JSON.parse(row) as unknown)).toEqual([
      [1, 'row 1', 7],
      [2, 'row 2', null],
      [3, 'row 3', 9],
      [4, 'given', null],
      [5, "it's; VALUES", null],
      [6, 'bound', null],
    ])
  })

  test('may select, and go into a table called format', async () => {
    await ask(url, `INSERT INTO ${table} (id) SELECT number AS format FROM numbers(3)`)
    await ask(url, 'CREATE TABLE format (values Int32) ENGINE = Memory')
    await ask(url, 'INSERT INTO format (values) FORMAT CSV\n1\n')
    await ask(url, 'INSERT INTO format VALUES (2)')
    expect([await count(), await ask(url, 'SELECT sum(values) FROM format')]).toEqual([3, '3'])
  })

  test('of no rows is none', async () => {
    for (const format of ['RowBinary', 'JSONEachRow', 'CSV', 'Native']) {
      expect(await post(url, '', { query: `INSERT INTO ${table} FORMAT ${format}` })).toMatchObject({ status: 200 })
    }
    expect(await count()).toBe(0)
  })

  test('that fails leaves nothing', async () => {
    const lines = `${Array.from({ length: 50_000 }, (_, id) => `${id},x,1`).join('\n')}\nnot a number,x,1\n`
    const failed = await post(url, lines, { query: `INSERT INTO ${table} FORMAT CSV` })
    expect(failed.headers.get('x-clickhouse-exception-code')).toBe('27')
    expect(failed.text).not.toContain(fixture.directory)
    expect(await post(url, '\u0001\u0002', { query: `INSERT INTO ${table} FORMAT RowBinary` })).toMatchObject({
      status: 500,
    })
    expect(await post(url, '1', { query: 'INSERT INTO nowhere FORMAT CSV' })).toMatchObject({ status: 404 })
    expect(await count()).toBe(0)
  })

  test('of a hundred thousand rows is one part', async () => {
    const { bytes } = await post(
      url,
      `SELECT number::Int32, repeat('x', 300), NULL::Nullable(UInt64) FROM numbers(100000) FORMAT RowBinary`,
    )
    await post(url, bytes, { query: `INSERT INTO ${table} FORMAT RowBinary` })
    expect(await partsOf()).toBe('100000')
  })
})

describe('an insert whose body is cut off', () => {
  const half = '1,x,2\n'.repeat(1000)
  const head = (length: string): string =>
    `POST /?query=${encodeURIComponent(`INSERT INTO ${table} FORMAT CSV`)} HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`

  test.each([
    ['by its length', () => `${head(`Content-Length: ${half.length * 2}`)}${half}`],
    ['in chunks', () => `${head('Transfer-Encoding: chunked')}${half.length.toString(16)}\r\n${half}\r\n`],
    ['within a chunk', () => `${head('Transfer-Encoding: chunked')}${(half.length * 2).toString(16)}\r\n${half}`],
  ])('inserts nothing: %s', async (_, request) => {
    for (const cut of ['end', 'destroy'] as const) {
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
      socket.on('error', () => undefined).resume()
      await once(socket, 'connect')
      await new Promise((resolve) => socket.write(request(), resolve))
      const closed = once(socket, 'close')
      if (cut === 'end') socket.end()
      else socket.destroy()
      await closed
    }
    // Whatever the server did with them, it did before it takes this one to its end.
    await ask(url, `INSERT INTO ${table} FORMAT CSV\n7,whole,1\n`)
    expect(await rows()).toBe('[7, "whole", 1]')
  })
})

describe('an insert that is repeated', () => {
  const insert = (line: string, token?: string): Promise<string> =>
    ask(
      url,
      `INSERT INTO ${table} FORMAT CSV\n${line}\n`,
      token === undefined ? {} : { insert_deduplication_token: token },
    )

  test('counts once by its token, given in the URL or the statement, whatever it holds', async () => {
    await insert('1,a,1', 'token')
    await insert('2,b,1', 'token')
    await ask(url, `INSERT INTO ${table} SETTINGS insert_deduplication_token = 'token' FORMAT CSV\n3,c,1\n`)
    await insert('1,a,1', 'other')
    expect(await count()).toBe(2)
  })

  test('counts once by its rows where it has no token, as an insert does by default', async () => {
    await insert('1,a,1')
    await insert('1,a,1')
    await insert('2,a,1')
    await ask(url, `INSERT INTO ${table} SETTINGS insert_deduplicate = 0 FORMAT CSV\n1,a,1\n`)
    expect(await count()).toBe(3)
  })

  test('counts once after the server was killed and came back', async () => {
    await insert('1,a,1', 'before')
    await fixture.server.kill()
    await expect(insert('2,a,1', 'during')).rejects.toThrow(/fetch failed/)
    await fixture.server.restart()
    await insert('1,a,1', 'before')
    await insert('2,a,1', 'during')
    expect(await count()).toBe(2)
  })

  test('is whole or absent when the server was killed within it, and whole when it is repeated', async () => {
    const total = 300_000
    const { bytes } = await post(
      url,
      `SELECT number::Int32, repeat('x', 200), NULL::Nullable(UInt64) FROM numbers(${total}) FORMAT RowBinary`,
    )
    const files = join(fixture.directory, 'data', 'insert-files')
    const settings = { min_insert_block_size_bytes: '0', insert_deduplication_token: randomBytes(4).toString('hex') }
    const large = () => post(url, bytes, { ...settings, query: `INSERT INTO ${table} FORMAT RowBinary` })
    const cut = large()
    cut.catch(() => undefined)
    await until(async () => (await readdir(files)).length > 0)
    await fixture.server.kill()
    await expect(cut).rejects.toThrow(/fetch failed/)
    await fixture.server.restart()
    expect([0, total]).toContain(await count())
    expect(await readdir(files)).toEqual([])
    expect(await large()).toMatchObject({ status: 200 })
    expect(await count()).toBe(total)
  })

  test('keeps its rows when the server is asked to end', async () => {
    const inserts = Promise.allSettled(Array.from({ length: 30 }, (_, id) => insert(`${id},a,1`)))
    await until(async () => (await count()) > 0)
    await fixture.server.restart()
    const done = (await inserts).filter(({ status }) => status === 'fulfilled').length
    expect(await count()).toBeGreaterThanOrEqual(done)
  })
})
