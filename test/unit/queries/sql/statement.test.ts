import { describe, expect, test } from 'vitest'
import type { ParameterValue } from '../../../../queries/sql/parameter-values.ts'
import { faultCodes, printed, statementFor } from './catalog.ts'

/** The view's own brackets, shortened to what filters there. */
function short(sql: string): string {
  return sql
    .replaceAll(
      /SELECT (?:CAST\(|materialize\()`own:rows`\.`tenant_id`.*? FROM `experience_log`\.`(\w+)` AS `own:rows`/g,
      'VIEW $1',
    )
    .replaceAll('`own:rows`.', '')
    .replaceAll(' LIMIT 9223372036854775807)', ' WALL)')
}

describe('what the engine gets', () => {
  test('a view holds the tenant’s rows, behind a wall', () => {
    expect(short(printed('select backend from outcomes'))).toBe(
      "SELECT `backend` FROM (VIEW outcomes WHERE `tenant_id` = 'acme' WALL) AS `outcomes`",
    )
  })

  test('in every place where a view may stand', () => {
    const sql = printed(`WITH w AS (SELECT chain_id FROM facts_of) , facts_of AS (SELECT fact_id AS chain_id FROM facts)
      SELECT (SELECT count() FROM events), x IN proposals, x IN (SELECT fact_id FROM facts), EXISTS (SELECT 1 FROM recalls)
      FROM (SELECT event_id AS x FROM outcomes) AS o LEFT JOIN hypotheses AS h ON o.x = h.fact_id, w
      UNION ALL SELECT 1, 2, 3, 4 FROM experience_log.backend_calls`)
    const views = sql.match(
      /FROM `experience_log`\.`\w+` AS `own:rows`( WHERE `own:rows`\.`tenant_id` = 'acme' LIMIT 9223372036854775807\))?/g,
    )
    expect(views).toHaveLength(8)
    for (const view of views ?? []) expect(view).toContain("= 'acme' LIMIT")
    expect(sql.match(/FROM `(?!experience_log|with:)/g)).toBeNull()
  })

  test('a tenant’s name is data', () => {
    const statement = statementFor('SELECT 1 FROM events', {}, { kind: 'one', tenant: "x' OR '1'='1" })
    expect(statement.kind === 'statement' && statement.sql).toContain(String.raw`= 'x\' OR \'1\'=\'1' LIMIT`)
  })

  test('nobody has no rows, and who may see all sees all', () => {
    const none = statementFor('SELECT 1 FROM events', {}, { kind: 'none' })
    expect(none.kind === 'statement' && none.sql).toContain('AS `own:rows` WHERE false LIMIT')
    const all = statementFor('SELECT 1 FROM events', {}, { kind: 'all' })
    expect(all.kind === 'statement' && all.sql).toContain('AS `own:rows`) AS `events`')
  })

  test('conditions that cannot fail stand beside the filter, where an index serves them; others do not', () => {
    const sql = short(
      printed(
        "SELECT count() FROM outcomes AS o WHERE o.instant >= '2026-01-01' AND toUInt32(backend) = 1 AND 'x' < chain_id",
        {},
      ),
    )
    expect(sql).toContain("WHERE `tenant_id` = 'acme' AND (`instant` >= '2026-01-01') AND ('x' < `chain_id`) WALL)")
  })

  test.each([
    ["SELECT toString(1) AS chain_id FROM outcomes WHERE chain_id = 'a'", 'an alias stands in its place'],
    ["SELECT count() FROM outcomes WHERE chain_id = 'a' OR chain_id = 'b'", 'it is one of two'],
    ["SELECT count() FROM outcomes WHERE tokens = 'a'", 'numbers of texts may fail'],
    ["SELECT count() FROM outcomes JOIN facts ON 1 = 1 WHERE outcomes.chain_id = 'a'", 'a join may mean another'],
    ["SELECT count() FROM outcomes WHERE x.chain_id = 'a'", 'it is of another table'],
    [
      "SELECT count() FROM outcomes WHERE instant > toDateTime64('2290-01-01 00:00:00', 3)",
      'finer instants may lie beyond the table’s',
    ],
    ['SELECT count() FROM outcomes WHERE instant > toDateTime(backend)', 'it is computed of rows'],
    ['SELECT count() FROM outcomes WHERE chain_id = toString(today())', 'only instants are compared with instants'],
    ['SELECT count() FROM outcomes WHERE backend IN (1, 2)', 'numbers of texts may fail'],
  ])('%s: stays outside', (text) => {
    const statement = statementFor(text)
    if (statement.kind === 'statement') expect(short(statement.sql)).toContain("`tenant_id` = 'acme' WALL)")
    else expect(statement.faults).toHaveLength(1)
  })

  test.each([
    ['instant >= now() - INTERVAL 7 DAY', '`instant` >= (now() - (INTERVAL 7 DAY))'],
    ['toStartOfDay(today()) <= o.instant', 'toStartOfDay(today()) <= `instant`'],
    [
      "instant < parseDateTime64BestEffort('2026-05-01', 9, 'UTC')",
      "`instant` < parseDateTime64BestEffort('2026-05-01', 9, 'UTC')",
    ],
    [
      "instant between toDateTime('2026-05-01 00:00:00') and '2026-06-01'",
      "`instant` BETWEEN toDateTime('2026-05-01 00:00:00') AND '2026-06-01'",
    ],
    ["chain_id IN ('a', 'b')", "`chain_id` IN ('a', 'b')"],
  ])('%s: stands beside the filter, since it is known before any row is', (condition, inside) => {
    const sql = short(printed(`SELECT count() FROM outcomes AS o WHERE ${condition}`))
    expect(sql).toContain(`\`tenant_id\` = 'acme' AND (${inside}) WALL)`)
  })

  test.each([
    ['SELECT event_id FROM events LIMIT 5', 'LIMIT 5'],
    [
      "SELECT lower(actor), * FROM outcomes WHERE instant > '2026-01-01' AND chain_id = 'a' ORDER BY instant DESC, offset LIMIT 5 OFFSET 7",
      'ORDER BY `instant` DESC, `offset` ASC LIMIT 12',
    ],
  ])('%s: sees no more rows than it answers', (text, first) => {
    expect(short(printed(text)).split(/ AS `(?:events|outcomes)`/)[0]).toMatch(new RegExp(`${first}\\)$`))
  })

  test.each([
    ['SELECT event_id FROM events WHERE toUInt32(actor) = 1 LIMIT 5', 'a condition behind the wall leaves out rows'],
    ['SELECT count() FROM events LIMIT 5', 'it counts'],
    ['SELECT DISTINCT kind FROM events LIMIT 5', 'equal rows are one'],
    ['SELECT arrayJoin([1, 2]) FROM events LIMIT 5', 'a row becomes two'],
    ['SELECT event_id FROM events ORDER BY lower(event_id) LIMIT 5', 'the order is computed'],
    ['SELECT lower(kind) AS instant FROM events ORDER BY instant LIMIT 5', 'the order is that of an alias'],
    ['SELECT row_number() OVER () FROM events LIMIT 5', 'a window looks at all rows'],
    ['SELECT kind FROM events GROUP BY kind LIMIT 5', 'groups are of all rows'],
    ['SELECT event_id FROM events LIMIT 1 BY kind LIMIT 5', 'rows are left out'],
    ['SELECT event_id FROM events LIMIT {n:UInt8}', 'the number is not in the text', { n: 5 }],
  ])('%s: sees all rows', (text, _why, parameters?: Readonly<Record<string, ParameterValue>>) => {
    expect(short(printed(text, parameters))).toContain(' WALL)')
  })

  test('a table of WITH is called what no table can be called', () => {
    expect(printed('WITH events_0a AS (SELECT 1 AS x) SELECT x FROM events_0a')).toBe(
      'WITH `with:events_0a` AS (SELECT 1 AS `x`) SELECT `x` FROM `with:events_0a` AS `events_0a`',
    )
  })

  test('WITH holds for all parts of a UNION', () => {
    expect(printed('WITH a AS (SELECT 1 AS x) SELECT x FROM a UNION ALL SELECT x FROM a')).toBe(
      'WITH `with:a` AS (SELECT 1 AS `x`) SELECT * FROM ((SELECT `x` FROM `with:a` AS `a`) UNION ALL (SELECT `x` FROM `with:a` AS `a`))',
    )
  })

  test('columns are called as they were written', () => {
    expect(printed('SELECT count( ), 1+1')).toBe('SELECT count() AS `count( )`, (1 + 1) AS `1+1`')
  })

  test('the column offset needs no quotes where a column has to stand', () => {
    const sql = 'select * except (offset), offset as o from events order by topic, offset limit 1 offset 2'
    expect(short(printed(sql))).toMatch(
      /^SELECT \* EXCEPT \(`offset`\), `offset` AS `o` FROM .* ORDER BY `topic` ASC, `offset` ASC LIMIT 1 OFFSET 2$/,
    )
  })

  test('parameters are values of their types', () => {
    expect(
      printed('SELECT {a:UInt64}, x IN {b:Array(String)} FROM (SELECT {c:Nullable(Date)} AS x)', {
        a: '5',
        b: ["it's"],
        c: null,
      }),
    ).toBe(
      String.raw`SELECT CAST('5', 'UInt64') AS ` +
        '`{a:UInt64}`, (`x` IN ' +
        String.raw`CAST('[\'it\\\'s\']', 'Array(String)')) AS ` +
        "`x IN {b:Array(String)}` FROM (SELECT CAST(NULL, 'Nullable(Date)') AS `x`)",
    )
  })

  test('functions are spelt as the engine does, with their combinators', () => {
    expect(printed('SELECT COUNTIF(1), sumordefaultif(1, 1), TOSTARTOFHOUR(now()) AS a')).toContain(
      'countIf(1) AS `COUNTIF(1)`, sumOrDefaultIf(1, 1)',
    )
  })
})

describe('what is refused', () => {
  test.each([
    ['', 'syntax'],
    ['DROP TABLE events', 'writes'],
    ['EXPLAIN SELECT 1', 'not_supported'],
    ['SELECT 1; SELECT 2', 'not_supported'],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 'not_supported'],
    ['SELECT 1 FORMAT CSV', 'not_supported'],
    ['SELECT 1 SETTINGS readonly = 0', 'not_supported'],
    ['SELECT 1 FROM events SETTINGS max_threads = 1', 'not_supported'],
    ['SELECT 1 FROM events PREWHERE 1', 'not_supported'],
    ['SELECT 1 FROM events FINAL', 'not_supported'],
    ['SELECT 1 FROM events SAMPLE 0.1', 'not_supported'],
    ['SELECT 1 FROM system.tables', 'unknown_view'],
    ['SELECT 1 FROM other.events', 'unknown_view'],
    ['SELECT 1 FROM events_0123', 'unknown_view'],
    ['SELECT 1 IN events_0123', 'unknown_view'],
    ["SELECT 1 FROM merge('experience_log', 'events')", 'not_supported'],
    ["SELECT 1 FROM file('/etc/passwd')", 'not_supported'],
    ["SELECT 1 IN (file('/etc/passwd'))", 'unknown_function'],
    ["SELECT 1 IN url('http://x')", 'syntax'],
    ['SELECT hostName()', 'unknown_function'],
    ["SELECT getSetting('x')", 'unknown_function'],
    ['SELECT throwIf(1)', 'unknown_function'],
    ['SELECT sumState(1)', 'unknown_function'],
    ["SELECT arrayReduce('sum', [1])", 'unknown_function'],
    ['SELECT in(1, events)', 'unknown_function'],
    ['SELECT _part FROM events', 'unknown_column'],
    ['SELECT nothing FROM events', 'unknown_column'],
    ['SELECT CAST(1 AS AggregateFunction(sum, UInt8))', 'unknown_type'],
    ["SELECT CAST(1, 'Enum8(''a'' = 1)')", 'unknown_type'],
    ["SELECT JSONExtract('{}', 'Object(\\'json\\')')", 'unknown_type'],
    ['SELECT {a:Identifier} FROM events', 'not_supported'],
    ['SELECT {a:UInt8}', 'parameter'],
    ['WITH events AS (SELECT 1 AS x) SELECT x FROM events', 'not_supported'],
    ["WITH 'rival' AS `own:rows` SELECT 1", 'not_supported'],
    ['SELECT * FROM numbers(100000000)', 'too_large'],
    ['SELECT * FROM numbers(event_id)', 'syntax'],
    ['SELECT 1 LIMIT event_id', 'syntax'],
    ['SELECT event_id IN (tenant_id) FROM events', 'not_supported'],
    ["SELECT COLUMNS('x') FROM events", 'unknown_function'],
    ['SELECT * APPLY(toString) FROM events', 'not_supported'],
    ['SELECT row_number() FROM events', 'syntax'],
    ['SELECT sum(x) FILTER (WHERE 1) FROM events', 'not_supported'],
    ['SELECT 1 WHERE 1 WITH TOTALS', 'syntax'],
    ['SELECT backend, count() FROM outcomes GROUP BY backend WITH TOTALS', 'not_supported'],
    ['SELECT 1 UNION SELECT 2', 'syntax'],
    ['SELECT 1 INTERSECT SELECT 2', 'not_supported'],
    [`SELECT ${'('.repeat(60)}1${')'.repeat(60)}`, 'too_large'],
    [`SELECT 1${'+1'.repeat(200)}`, 'too_large'],
    [`SELECT 1 FROM ${Array.from({ length: 60 }, () => 'events').join(', ')}`, 'too_large'],
  ])('%s', (text, code) => {
    expect(faultCodes(text)).toContain(code)
  })

  test('several faults are told at once, each at its place', () => {
    const text = 'SELECT hostName(),\n  _part FROM events, nowhere'
    const statement = statementFor(text)
    expect(
      statement.kind === 'refused' && statement.faults.map(({ code, at }) => [code, text.slice(at, at + 5)]),
    ).toEqual([
      ['unknown_function', 'hostN'],
      ['unknown_column', '_part'],
      ['unknown_view', 'nowhe'],
    ])
  })

  test('parameters of the wrong type, that are lacking or left over', () => {
    expect(faultCodes('SELECT {a:UInt8}', { a: '1; DROP' })).toEqual(['parameter'])
    expect(faultCodes('SELECT {a:Array(UInt8)}', { a: [1, 'x'] })).toEqual(['parameter'])
    expect(faultCodes('SELECT {a:UInt64}', { a: 2 ** 60 })).toEqual(['parameter'])
    expect(faultCodes('SELECT 1', { a: 1 })).toEqual(['parameter'])
  })
})
