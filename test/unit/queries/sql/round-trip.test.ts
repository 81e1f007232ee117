import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteText } from '../../../../base/quote-sql.ts'
import { printed } from './catalog.ts'

/** Texts of expressions, as people and attackers write them. */
const expression = fc.letrec<{ any: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(
      'x',
      '`x`',
      '"x"',
      'NULL',
      'true',
      'nan',
      '-1',
      '1.5e3',
      '.5',
      '0xfF',
      '1_000',
      'a.x',
      '1 /* ; */',
      '1 -- ;\n',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }).map(quoteText),
    fc.nat().map(String),
  ),
  any: fc.oneof(
    { maxDepth: 4 },
    tie('leaf'),
    fc
      .tuple(
        tie('any'),
        fc.constantFrom('+', '-', '*', '/', '%', '||', '=', '<>', '<=>', 'AND', 'or', 'LIKE', 'not ilike'),
        tie('any'),
      )
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    tie('any').map((each) => `NOT (${each}) IS NOT NULL`),
    tie('any').map((each) => `- (${each})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `CASE ${a} WHEN ${b} THEN [${a}][1] ELSE (${b}, ${a}).1 END`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `if(${a}, CAST(${b} AS Nullable(String)), (${a})::UInt8)`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `arrayMap((y) -> y + ${a}, [${b}])`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a}) BETWEEN (${b}) AND (${a})`),
    tie('any').map((each) => `(SELECT countIf(DISTINCT ${each}) FROM numbers(3) WHERE x IN (1, 'a'))`),
    tie('any').map(
      (each) => `sum(${each}) OVER (PARTITION BY ${each} ORDER BY x DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`,
    ),
  ),
})).any

test('what is printed is read as what was printed: the same text again', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const once = printed(`SELECT ${text} AS r FROM (SELECT 1 AS x) AS a GROUP BY ALL ORDER BY r LIMIT 3`)
      expect(printed(once)).toBe(once)
    }),
    { numRuns: 500 },
  )
})

test('no part of a text stands outside of quotes in print', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const sql = printed(`SELECT ${quoteText(text)} AS r`)
      expect(sql).toBe(`SELECT ${quoteText(text)} AS \`r\``)
      expect(printed('SELECT {p:String} AS r', { p: text })).toBe(sql)
    }),
  )
})
