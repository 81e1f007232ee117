import { lexStatement, type Token } from './lex-statement.ts'
import { ServerError } from './server-error.ts'

/** What a request asks for, taken apart as far as this server has to know it. */
export type SplitStatement =
  | {
      readonly kind: 'insert'
      /** Up to the FORMAT or VALUES, without it: `INSERT INTO t (a, b) SETTINGS …`. */
      readonly head: string
      readonly format: string
      readonly rows: Buffer
    }
  | {
      readonly kind: 'other'
      readonly sql: string
      /** The FORMAT that it names itself. */
      readonly format: string | null
      /** Whether it only reads, as far as its first word tells. */
      readonly reads: boolean
    }

const READING = new Set([
  'SELECT',
  'WITH',
  'FROM',
  'SHOW',
  'DESCRIBE',
  'DESC',
  'EXISTS',
  'EXPLAIN',
  'CHECK',
  'SET',
  'USE',
])
const BEFORE_TARGET = new Set(['INSERT', 'INTO', 'TABLE', 'FUNCTION'])
/** What follows the table of an insert that brings no rows of its own. */
const SELECTING = new Set(['SELECT', 'WITH', 'WATCH'])

/** Errors: ServerError. */
export function splitStatement(bytes: Buffer): SplitStatement {
  const tokens = lexStatement(bytes)
  const first = tokens.next().value
  if (first === undefined) throw new ServerError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query')
  return (first.text === 'INSERT' ? splitInsert(bytes) : null) ?? splitOther(bytes)
}

/** Null for an insert from a SELECT. */
function splitInsert(bytes: Buffer): SplitStatement | null {
  // A table may be called `format` or `values`: what names the target is no keyword.
  let hasTarget = false
  let format: Token | null = null
  let isPartOfName = false
  for (const token of lexStatement(bytes)) {
    if (format !== null) {
      const name = bytes.toString('latin1', token.start, token.end)
      return { kind: 'insert', head: text(bytes, format.start), format: name, rows: rowsFrom(bytes, token.end) }
    }
    if (hasTarget && !isPartOfName && token.depth === 0 && token.kind === 'word') {
      if (token.text === 'FORMAT') format = token
      if (token.text === 'VALUES') {
        return { kind: 'insert', head: text(bytes, token.start), format: 'Values', rows: rowsFrom(bytes, token.end) }
      }
      if (SELECTING.has(token.text)) return null
      if (token.text === 'INFILE') {
        throw new ServerError(78, 'UNKNOWN_TYPE_OF_QUERY', 'Query has infile and was send directly to server')
      }
    }
    hasTarget ||= !BEFORE_TARGET.has(token.text)
    isPartOfName = token.text === '.'
  }
  return null
}

function splitOther(bytes: Buffer): SplitStatement {
  let before: Token | null = null
  let format: string | null = null
  let end = bytes.length
  let ended = false
  let first = ''
  let writes = false
  for (const token of lexStatement(bytes)) {
    if (ended) {
      throw new ServerError(
        62,
        'SYNTAX_ERROR',
        'Syntax error (Multi-statements are not allowed): more follows the semicolon',
      )
    }
    if (first === '' && token.kind === 'word') first = token.text
    if (token.text === ';') {
      ended = true
      end = token.start
    }
    if (token.kind === 'word' && token.depth === 0) {
      if (token.text === 'OUTFILE' && before?.text === 'INTO') {
        throw new ServerError(348, 'INTO_OUTFILE_NOT_ALLOWED', 'INTO OUTFILE is not allowed')
      }
      if (token.text === 'INSERT') writes = true
      if (before?.text === 'FORMAT' && before.kind === 'word') format = bytes.toString('latin1', token.start, token.end)
    }
    before = token
  }
  return { kind: 'other', sql: text(bytes, end), format, reads: READING.has(first) && !writes }
}

const BLANK = new Set([0x20, 0x09, 0x0c])

/** Rows begin behind the first line end after the format's name, or behind the blanks after it: as ClickHouse's parser has it. */
function rowsFrom(bytes: Buffer, endOfName: number): Buffer {
  let at = endOfName
  while (BLANK.has(bytes[at] ?? 0)) at++
  if (bytes[at] === 0x0d) at++
  if (bytes[at] === 0x0a) at++
  return bytes.subarray(at)
}

function text(bytes: Buffer, end: number): string {
  return bytes.toString('utf8', 0, end)
}
