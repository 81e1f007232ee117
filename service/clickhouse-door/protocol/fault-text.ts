/** A fault as ClickHouse tells it: a number, the name of that number, and words. */
export interface ToldFault {
  readonly code: number
  readonly type: string
  readonly message: string
}

/** The whole text of an answer that is a fault, as ClickHouse's servers write it and its clients take it apart. */
export function faultText({ code, type, message }: ToldFault, version: string): string {
  return `Code: ${code}. DB::Exception: ${message} (${type}) (version ${version})\n`
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

/** The HTTP status that ClickHouse answers a fault with. */
export function statusOfFault(code: number): number {
  return statusByCode.get(code) ?? 500
}
