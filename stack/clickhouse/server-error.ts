import { faultText } from '../../service/clickhouse-door/protocol/fault-text.ts'

/** A fault as ClickHouse tells it: a number, the name of that number, and words. */
export class ServerError extends Error {
  readonly code: number
  readonly type: string

  constructor(code: number, type: string, message: string) {
    super(message)
    this.name = 'ServerError'
    this.code = code
    this.type = type
  }

  /** The whole text of an answer, as ClickHouse's servers write it and its clients take it apart. */
  describe(version: string): string {
    return faultText(this, `${version} (chDB)`)
  }
}

const FAULT = /^Code: (\d+)\. DB::Exception: ([^]*?)\s*\(([A-Z][A-Z0-9_]{2,})\)(?: \(version [^]*\))?\s*$/
/** Faults that the engine meets while it prepares a statement come wrapped once for every layer. */
const WRAPPED =
  /^Code: \d+\. DB::Exception: (Code: \d+\. [^]*\) \(version [^)]*\))\. \([A-Z0-9_]+\)(?: \(version [^)]*\))?\s*$/
/** Where the engine found the rows of an insert, and how a statement was marked, is this server's own business. */
const INTERNAL = /: \(in file\/uri [^)]*\)|\n\/\* request [\w-]+ \*\//g

/** The fault in what the engine, or this server, threw. */
export function serverError(error: unknown): ServerError {
  if (error instanceof ServerError) return error
  let text = error instanceof Error ? error.message : String(error)
  for (let inner = WRAPPED.exec(text)?.[1]; inner !== undefined; inner = WRAPPED.exec(text)?.[1]) text = inner
  const [, code, words = '', type = ''] = FAULT.exec(text) ?? []
  if (code === undefined) return new ServerError(1002, 'UNKNOWN_EXCEPTION', text)
  return new ServerError(Number(code), type, words.replaceAll(INTERNAL, ''))
}
