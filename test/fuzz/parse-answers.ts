/** An answer of HTTP/1.1, as its bytes say. */
export interface RawAnswer {
  readonly status: number
  /** By name, in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** Whether the whole body is there, as far as its headers tell. */
  readonly isWhole: boolean
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]*$/
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t\x80-\xff]*?)[ \t]*$/

/** The answers that came over a connection, one after another. Throws for bytes that are no answer. */
export function parseAnswers(bytes: Buffer, isHead = false): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = bytes.toString('latin1')
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`a head that does not end: ${rest.slice(0, 100)}`)
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const status = Number(STATUS_LINE.exec(first)?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) throw new Error(`no status line: ${first.slice(0, 100)}`)
    const headers = new Map(lines.map(parseHeader))
    const { body, length, isWhole } = bodyOf(rest.slice(end + 4), headers, isHead || status === 204 || status < 200)
    answers.push({ status, headers, body: Buffer.from(body, 'latin1').toString('utf8'), isWhole })
    rest = rest.slice(end + 4 + length)
  }
  return answers
}

function parseHeader(line: string): [string, string] {
  const [, name, value] = HEADER_LINE.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`no header: ${line.slice(0, 100)}`)
  return [name.toLowerCase(), value]
}

interface RawBody {
  readonly body: string
  /** Of what it takes on the wire. */
  readonly length: number
  readonly isWhole: boolean
}

function bodyOf(text: string, headers: ReadonlyMap<string, string>, isNone: boolean): RawBody {
  if (isNone) return { body: '', length: 0, isWhole: true }
  if (headers.get('transfer-encoding') === 'chunked') return chunkedBody(text)
  const told = headers.get('content-length')
  if (told === undefined) return { body: text, length: text.length, isWhole: true }
  const body = text.slice(0, Number(told))
  return { body, length: body.length, isWhole: body.length === Number(told) }
}

function chunkedBody(text: string): RawBody {
  let body = ''
  let at = 0
  for (;;) {
    const end = text.indexOf('\r\n', at)
    const size = end < 0 ? Number.NaN : Number.parseInt(text.slice(at, end), 16)
    if (Number.isNaN(size) || text.length < end + 2 + size + 2) return { body, length: text.length, isWhole: false }
    body += text.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
    if (size === 0) return { body, length: at, isWhole: true }
  }
}
