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
    return `Code: ${this.code}. DB::Exception: ${this.message} (${this.type}) (version ${version} (chDB))\n`
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

/** Codes by the HTTP status that ClickHouse answers them with (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); all others: 500. */
const CODES_BY_STATUS: readonly (readonly [status: number, codes: readonly number[]])[] = [
  [400, [6, 7, 8, 15, 25, 26, 27, 36, 38, 41, 44, 53, 56, 62, 69, 72, 117, 167, 168, 223, 376, 427, 441, 675, 676]],
  [401, [194]],
  [403, [192, 193, 497, 512, 516]],
  [404, [46, 47, 50, 60, 63, 73, 78, 81, 115, 126, 336, 511]],
  [408, [159]],
  [411, [381]],
  [413, [307]],
  [415, [721]],
  [501, [48]],
  [503, [76, 209, 439]],
]

const statusByCode = new Map(CODES_BY_STATUS.flatMap(([status, codes]) => codes.map((code) => [code, status])))

/** The HTTP status of an answer with this fault. */
export function httpStatus({ code }: ServerError): number {
  return statusByCode.get(code) ?? 500
}
