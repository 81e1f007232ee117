import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { describe, expect, test } from 'vitest'
import { readableViews } from '../../../projections/views/readable-views.ts'
import { bench, openDoor } from './door-bench.ts'

void bench

describe('the door for clients of ClickHouse', () => {
  test('@clickhouse/client: says who answers, lists the views with comments, and asks', async () => {
    const { url, key, database } = await openDoor()
    const client = createClient({
      url,
      username: 'anybody',
      password: key,
      database,
      log: { level: ClickHouseLogLevel.OFF },
    })
    expect(await client.ping()).toEqual({ success: true })
    expect(await client.ping({ select: true })).toEqual({ success: true })
    const rowsOf = async (query: string, query_params: Record<string, unknown> = {}): Promise<unknown> =>
      (await client.query({ query, query_params, format: 'JSONEachRow' })).json()
    expect(await rowsOf('SELECT version() AS v, currentDatabase() AS d, timezone() AS t')).toEqual([
      { v: '26.7.1.1', d: database, t: 'UTC' },
    ])
    const tables = await rowsOf(`SELECT name, comment FROM system.tables WHERE database = '${database}' ORDER BY name`)
    expect(tables).toEqual(
      [...readableViews.values()]
        .map(({ name, comment }) => ({ name, comment }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    )
    const described = (await rowsOf('DESCRIBE TABLE outcomes')) as { name: string; type: string; comment: string }[]
    expect(described.map(({ name }) => name)).toEqual(readableViews.get('outcomes')?.columns)
    expect(described.find(({ name }) => name === 'cost_usd')).toMatchObject({
      type: 'Nullable(Decimal(38, 6))',
      comment: 'Cost, dollars, exactly',
    })
    expect(described.every(({ comment }) => comment !== '')).toBe(true)
    expect(await rowsOf('SELECT backend, tokens FROM outcomes ORDER BY event_id LIMIT 1')).toEqual([
      { backend: 'x', tokens: expect.anything() as unknown },
    ])
    expect(await rowsOf('SELECT count() AS n FROM events WHERE event_id = {id:String}', { id: 'a' })).toEqual([
      { n: 1 },
    ])
    const whole = await client.query({
      query: 'SELECT backend FROM outcomes WHERE backend = {b:String}',
      query_params: { b: 'y, "z"\nw' },
    })
    expect(await whole.json()).toMatchObject({ rows: 1, data: [{ backend: 'y, "z"\nw' }] })
    await expect(client.query({ query: 'SELECT nothing FROM outcomes' })).rejects.toMatchObject({
      code: '47',
      type: 'UNKNOWN_IDENTIFIER',
    })
    await client.close()
  })

  test('SHOW, DESCRIBE, EXISTS and information_schema tell of the views alone', async () => {
    const { acme, database } = await openDoor()
    const linesOf = async (sql: string, query = ''): Promise<string[]> => {
      const { status, text } = await acme(sql, query)
      expect([sql, status, text]).toEqual([sql, 200, expect.anything()])
      return text
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd())
    }
    const views = [...readableViews.keys()].toSorted()
    expect(await linesOf('SHOW TABLES')).toEqual(views)
    expect(await linesOf(`SHOW TABLES FROM \`${database}\` LIKE 'outcomes%'`)).toEqual(['outcomes'])
    expect(await linesOf('SHOW DATABASES')).toEqual(
      ['INFORMATION_SCHEMA', database, 'information_schema', 'system'].toSorted(),
    )
    expect(await linesOf(`EXISTS TABLE ${database}.outcomes`)).toEqual(['1'])
    expect(await linesOf('EXISTS TABLE events_0123')).toEqual(['0'])
    expect(await linesOf('EXISTS DATABASE nothing')).toEqual(['0'])
    expect(
      await linesOf(
        'SELECT table_name FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = currentDatabase() ORDER BY 1',
      ),
    ).toEqual(views)
    expect((await linesOf('SHOW CREATE TABLE outcomes'))[0]).toContain(`CREATE VIEW ${database}.outcomes`)
    expect(await linesOf('DESCRIBE (SELECT count() AS n, max(backend) FROM outcomes) FORMAT TSV')).toEqual([
      'n\tUInt64',
      'max(backend)\tNullable(String)',
    ])
    expect(await linesOf('SELECT name FROM tables ORDER BY name', '?database=system')).toEqual(views)
    expect(await linesOf("SELECT name FROM system.functions WHERE name = 'quantileTDigest'")).toEqual([
      'quantileTDigest',
    ])
    expect((await acme(`USE ${database}`)).text).toBe('')
  })
})
