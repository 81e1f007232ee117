import { callersFault } from '../door-error.ts'

/** Formats in which the engine writes answers. None that reads a file of the server, asks for a schema, or tells what was read meanwhile. */
const FORMATS = `
  TabSeparated TabSeparatedRaw TabSeparatedWithNames TabSeparatedWithNamesAndTypes TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes
  TSV TSVRaw TSVWithNames TSVWithNamesAndTypes TSVRawWithNames TSVRawWithNamesAndTypes TSKV
  CSV CSVWithNames CSVWithNamesAndTypes
  JSON JSONCompact JSONStrings JSONCompactStrings JSONColumns JSONCompactColumns JSONColumnsWithMetadata JSONObjectEachRow
  JSONEachRow JSONStringsEachRow JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes
  JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes JSONLines NDJSON
  RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes Native ODBCDriver2
  Pretty PrettyNoEscapes PrettyCompact PrettyCompactNoEscapes PrettyCompactMonoBlock PrettySpace PrettySpaceNoEscapes Vertical Markdown Values
  Arrow ArrowStream Parquet ORC MsgPack BSONEachRow Null
`
  .trim()
  .split(/\s+/)

const BY_NAME = new Map(FORMATS.map((name) => [name.toLowerCase(), name]))

export const ANSWER_FORMATS: readonly string[] = FORMATS

/** The format as ClickHouse spells it. Error: 404, for one in which nothing is answered here. */
export function answerFormat(name: string): string {
  const format = BY_NAME.get(name.toLowerCase())
  if (format !== undefined) return format
  throw callersFault(
    73,
    'UNKNOWN_FORMAT',
    `nothing is answered in the format ${JSON.stringify(name.slice(0, 80))} here`,
  )
}

/** How many rows there were before a LIMIT, of those that the engine happened to have read. */
const ROWS_BEFORE_LIMIT = /,\n\n\t"rows_before_limit_at_least": \d+\n\}\n$/
const WITH_END: ReadonlySet<string> = new Set([
  'JSON',
  'JSONCompact',
  'JSONStrings',
  'JSONCompactStrings',
  'JSONColumnsWithMetadata',
])
/** More than stands there. */
const END_BYTES = 100

/** An answer without figures that depend on what was read for it. */
export function withoutFigures(format: string, answer: Buffer): Buffer {
  if (!WITH_END.has(format)) return answer
  const start = Math.max(0, answer.length - END_BYTES)
  const end = answer.toString('latin1', start)
  const shorter = end.replace(ROWS_BEFORE_LIMIT, '\n}\n')
  return shorter === end ? answer : Buffer.concat([answer.subarray(0, start), Buffer.from(shorter, 'latin1')])
}
