import { describe, expect, test } from 'vitest'
import { readableViews } from '../../../../projections/views/readable-views.ts'
import { clientStatement, type ClientStatement } from '../../../../queries/sql/client-statement.ts'
import { constantTable } from '../../../../queries/sql/constant-table.ts'
import { viewsAlone, type SqlCatalog } from '../../../../queries/sql/names.ts'

const tables = constantTable({ database: 'String', name: 'String', engine: 'String' }, () => [
  { database: 'experience_log', name: 'events', engine: 'View' },
  { database: 'experience_log', name: 'outcomes', engine: 'View' },
])

const catalog: SqlCatalog = {
  ...viewsAlone('experience_log', readableViews),
  constants: new Map([['system.tables', tables]]),
  words: new Map([['version', { value: '1', type: 'String' }]]),
}

function read(
  text: string,
  parameters: Readonly<Record<string, string>> = {},
  settings: Readonly<Record<string, string>> = {},
): ClientStatement {
  const given = Object.entries(settings).map(([name, value]) => ({ name, value, at: 0 }))
  const tenant = { kind: 'one', tenant: 'acme' } as const
  return clientStatement({ text, tenant, parameters: new Map(Object.entries(parameters)), settings: given }, catalog)
}

function sqlOf(...asked: Parameters<typeof read>): string {
  const statement = read(...asked)
  if (statement.kind !== 'select' && statement.kind !== 'describe') throw new Error(JSON.stringify(statement))
  return statement.sql
}

describe('statements of clients', () => {
  test('a table of constants stands in the statement, with the columns that it names', () => {
    expect(sqlOf("SELECT name FROM system.tables WHERE name LIKE 'o%'")).toBe(
      "SELECT `name` FROM (SELECT `name` FROM values('`name` String', ('events'), ('outcomes'))) AS `tables` WHERE (`name` LIKE 'o%')",
    )
    expect(sqlOf('SELECT engine FROM system.tables')).toContain("(SELECT 'View' AS `engine` FROM numbers(2))")
    expect(sqlOf('SELECT t.name FROM system.tables t WHERE system.tables.name = version()')).toContain(
      "AS `t` WHERE (`t`.`name` = '1')",
    )
  })

  test('SETTINGS and FORMAT stand behind the whole, and nowhere else', () => {
    expect(read("SELECT 1 SETTINGS a = 1, b = 'x' FORMAT JSON;")).toMatchObject({
      kind: 'select',
      format: 'JSON',
      settings: [
        { name: 'a', value: '1' },
        { name: 'b', value: 'x' },
      ],
    })
    for (const text of [
      'SELECT * FROM (SELECT 1 FORMAT JSON)',
      'SELECT 1 FORMAT JSON UNION ALL SELECT 2',
      'SELECT 1 FORMAT a FORMAT b',
      'SELECT 1; SELECT 2',
    ])
      expect([text, read(text).kind]).toEqual([text, 'refused'])
  })

  test('commands are said by SELECTs', () => {
    expect(sqlOf('SHOW TABLES')).toBe(
      sqlOf("SELECT name FROM system.tables WHERE database = 'experience_log' AND true ORDER BY name"),
    )
    expect(sqlOf('EXISTS TABLE outcomes')).toBe("SELECT CAST(1, 'UInt8') AS `result`")
    expect(sqlOf('EXISTS VIEW nothing.outcomes')).toBe("SELECT CAST(0, 'UInt8') AS `result`")
    expect(read('DESC (SELECT 1)').kind).toBe('describe')
    expect(read('USE experience_log')).toMatchObject({ kind: 'nothing', lasting: [] })
    expect(read("KILL QUERY WHERE query_id = 'a' ASYNC")).toMatchObject({ kind: 'kill', queryId: 'a' })
    expect(read('DESCRIBE TABLE nothing')).toMatchObject({ faults: [{ code: 'unknown_view', at: 15 }] })
    expect(read('USE nothing')).toMatchObject({ faults: [{ code: 'unknown_database' }] })
    expect(read('INSERT INTO events VALUES (1)')).toMatchObject({ faults: [{ code: 'writes' }] })
  })

  test('a filter of a view stands around it, and holds nothing but a condition', () => {
    const filters = (map: string): Record<string, string> => ({ additional_table_filters: map })
    const sql = sqlOf('SELECT count() FROM outcomes', {}, filters(String.raw`{'outcomes' : 'backend = \'x\''}`))
    expect(sql).toContain("LIMIT 9223372036854775807) AS `outcomes` WHERE (`backend` = 'x')) AS `outcomes`")
    for (const condition of [
      '1) OR (1',
      '1 -- x',
      'event_id IN (SELECT 1)',
      'event_id IN outcomes',
      'EXISTS (SELECT 1 FROM outcomes)',
      '{a:String}',
      'nothing',
      "file(\\'x\\')",
      '',
    ])
      expect([
        condition,
        read('SELECT 1 FROM outcomes', {}, filters(`{'outcomes' : '${condition}'}`)).kind === 'refused',
      ]).toEqual([condition, condition !== '1 -- x'])
    expect(read('SELECT 1', {}, filters("{'system.tables' : '1'}")).kind).toBe('refused')
  })

  test('parameters are escaped as clients send them', () => {
    const sql = sqlOf('SELECT {a:String}, {b:Array(String)}, {c:Nullable(String)}', {
      a: 'x\\ty',
      b: "['q']",
      c: '\\N',
    })
    expect(sql).toContain(String.raw`SELECT 'x\ty' AS`)
    expect(sql).toContain(String.raw`CAST('[\'q\']', 'Array(String)')`)
    expect(sql).toContain("CAST(NULL, 'Nullable(String)')")
  })

  test('every column of every view has a comment', () => {
    for (const { name, columns, columnComments, comment } of readableViews.values()) {
      expect(comment).not.toBe('')
      expect([name, columns.filter((_, place) => columnComments[place] === '')]).toEqual([name, []])
    }
  })
})
