import type { Token } from '../../queries/sql/read/tokens.ts'
import type { Random } from '../conformance/random.ts'
import { readableNames, tokensOrNone } from './statement-parts.ts'

const HOSTILE = [
  ' UNION ALL SELECT tenant_id FROM events',
  '; SELECT 1',
  ' SETTINGS readonly = 0',
  " INTO OUTFILE '/tmp/attack'",
  ' FORMAT Null',
  ' OR 1 = 1',
  ' --',
  '/*',
  "'",
  '`',
  '"',
  '$$',
  '\\',
  '\0',
  '\u200b',
  '\ufeff',
  'ſ',
  '＇',
  ' FROM EVENTS_TABLE',
  ' DATABASE.EVENTS_TABLE',
  '`own:rows`',
  '`own:event`.tenant_id',
  ' `with:a`',
  '_part',
  ' PREWHERE 1',
  ' FINAL',
  '.1',
  '*',
  '(SELECT 1)',
  "merge('DATABASE', 'events')",
  'IN EVENTS_TABLE',
  '{p:Identifier}',
  "tenant_id = 'rival'",
  'NOT ',
  '::UInt8',
  ' AS tenant_id',
  'rival',
  '[1]',
  ' ARRAY JOIN [1] AS x',
  ' LIMIT 1 BY tenant_id',
  ' WITH ROLLUP',
] as const

/** Something else: parts left out, doubled, swapped, taken from another statement, or hostile. */
export function distorted(
  sql: string,
  tokens: readonly Token[] | null,
  others: readonly string[],
  random: Random,
): string {
  const at = random.below(sql.length + 1)
  const other = random.pick(others)
  if (tokens === null || tokens.length < 3) return broken(sql, at, other, random)
  const token = random.pick(tokens)
  const part = sql.slice(token.at, token.end)
  switch (random.below(8)) {
    case 0:
      return broken(sql, at, other, random)
    case 1:
      return replaced(sql, token, random.pick(['', random.pick(HOSTILE), `${part} ${part}`]))
    case 2:
      return swapped(sql, token, random.pick(tokens.filter(({ kind }) => kind === token.kind)))
    case 3:
      return random.pick([
        `SELECT * FROM (${sql}) AS a, (${other}) AS b`,
        `WITH w AS (${other}) SELECT count() FROM (${sql}) WHERE (SELECT count() FROM w) > 0`,
        `SELECT count() FROM (${sql}) UNION ALL SELECT count() FROM (${other})`,
        `SELECT count() FROM events WHERE event_id IN (SELECT toString(tuple(*)) FROM (${sql}))`,
      ])
    default:
      return replaced(sql, token, ofTheSameKind(token, part, other, random))
  }
}

function broken(sql: string, at: number, other: string, random: Random): string {
  return random.pick([
    sql.slice(0, at) + random.pick(HOSTILE) + sql.slice(at),
    sql.slice(0, at),
    sql.slice(0, at) + other.slice(random.below(other.length + 1)),
    `${sql}${random.pick(HOSTILE)}`,
  ])
}

const NUMBERS = ['0', '-1', '1e400', '18446744073709551616', '0.1', '2147483648', '7']
const TEXTS = ['acme', 'rival', '', '\0', '%', 'RIVAL-7', '2026-04-01', '1', "o'", 'own:rows']
const OPERATORS = ['=', '!=', '<', '>', '+', '/', '%', '||', ',', '.', '::', 'AND']
const FUNCTIONS = [
  'count',
  'max',
  'toString',
  'toUInt8',
  'arrayJoin',
  'length',
  'if',
  'uniqExact',
  'hostName',
  'file',
  'intDiv',
  'any',
]

function ofTheSameKind({ kind }: Token, part: string, other: string, random: Random): string {
  switch (kind) {
    case 'string':
      return `'${random.pick(TEXTS).replaceAll("'", "\\'")}'`
    case 'number':
      return random.pick(NUMBERS)
    case 'symbol':
      return random.pick(OPERATORS)
    case 'quoted-name':
    case 'word':
    case 'end': {
      if (/^[A-Z_]+$/.test(part)) return random.pick((tokensOrNone(other) ?? []).map(({ text }) => text).concat(part))
      return random.pick(random.oneIn(3) ? FUNCTIONS : [...readableNames])
    }
  }
}

function swapped(sql: string, one: Token, two: Token): string {
  if (one.at === two.at) return sql
  const [first, last] = one.at < two.at ? [one, two] : [two, one]
  const parts = [sql.slice(last.at, last.end), sql.slice(first.end, last.at), sql.slice(first.at, first.end)]
  return sql.slice(0, first.at) + parts.join('') + sql.slice(last.end)
}

function replaced(sql: string, { at, end }: Token, by: string): string {
  return `${sql.slice(0, at)}${by}${sql.slice(end)}`
}
