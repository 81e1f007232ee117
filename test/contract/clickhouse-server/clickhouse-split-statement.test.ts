import { describe, expect, test } from 'vitest'
import { splitStatement } from '../../../stack/clickhouse/split-statement.ts'

function split(text: string) {
  return splitStatement(Buffer.from(text))
}

describe('a statement is taken apart', () => {
  test.each([
    ['INSERT INTO t FORMAT CSV\n1,2\n', 'INSERT INTO t ', 'CSV', '1,2\n'],
    ['insert into t format CSV\r\n1', 'insert into t ', 'CSV', '1'],
    ['INSERT INTO t FORMAT JSONEachRow {"a":1}', 'INSERT INTO t ', 'JSONEachRow', '{"a":1}'],
    ['INSERT INTO t FORMAT CSV\n\n', 'INSERT INTO t ', 'CSV', '\n'],
    ['INSERT INTO t FORMAT CSV', 'INSERT INTO t ', 'CSV', ''],
    ['INSERT INTO t VALUES (1)', 'INSERT INTO t ', 'Values', '(1)'],
    [
      'INSERT INTO db.format (values, "format") VALUES (1)',
      'INSERT INTO db.format (values, "format") ',
      'Values',
      '(1)',
    ],
    ['INSERT INTO format.values FORMAT CSV\n1', 'INSERT INTO format.values ', 'CSV', '1'],
    ["INSERT INTO TABLE FUNCTION f('VALUES') FORMAT CSV\n1", "INSERT INTO TABLE FUNCTION f('VALUES') ", 'CSV', '1'],
    [
      "/* FORMAT */ INSERT INTO t -- VALUES\nSETTINGS a = 'FORMAT' FORMAT CSV\n1",
      "/* FORMAT */ INSERT INTO t -- VALUES\nSETTINGS a = 'FORMAT' ",
      'CSV',
      '1',
    ],
    ['INSERT INTO `a\\`b FORMAT c` FORMAT CSV\n1', 'INSERT INTO `a\\`b FORMAT c` ', 'CSV', '1'],
  ])('into what goes in, and its rows: %j', (text, head, format, rows) => {
    expect(split(text)).toEqual({ kind: 'insert', head, format, rows: Buffer.from(rows) })
  })

  test.each([
    ['SELECT 1', null, true],
    ['SELECT 1 FORMAT JSON', 'JSON', true],
    [`SELECT 'FORMAT CSV', (SELECT 1) AS format -- FORMAT CSV`, null, true],
    ['SELECT 1 FORMAT JSON SETTINGS max_threads = 1;', 'JSON', true],
    ['(SELECT 1) UNION ALL (SELECT 2)', null, true],
    ['WITH 1 AS a INSERT INTO t SELECT a', null, false],
    ['INSERT INTO t SELECT 1', null, false],
    ['INSERT INTO t (a) (SELECT 1)', null, false],
    ['DROP TABLE t', null, false],
    ["SELECT $tag$;' FORMAT CSV$tag$", null, true],
    [`SELECT 'it''s; \\'; ' # ;\n`, null, true],
  ])('into its format and whether it reads: %j', (text, format, reads) => {
    expect(split(text)).toMatchObject({ kind: 'other', format, reads })
  })

  test.each([
    '',
    ' -- nothing',
    '/* nothing',
    'SELECT 1; DROP TABLE t',
    "SELECT 1 INTO OUTFILE 'x'",
    "INSERT INTO t FROM INFILE 'x' FORMAT CSV",
  ])('unless it is none, or more than one, or touches files: %j', (text) => {
    expect(() => split(text)).toThrow()
  })
})
