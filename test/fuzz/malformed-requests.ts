import { deflateSync, gzipSync } from 'node:zlib'
import type { Random } from '../conformance/random.ts'
import type { RawRequest } from './raw-exchange.ts'

/** A request that is at fault as bytes, whatever it asks for. */
export interface Malformed {
  readonly name: string
  readonly request: RawRequest
}

/** What malformed requests are made of. */
export interface Target {
  readonly authorization: string
  /** An envelope as JSON. */
  readonly envelope: string
}

const MIB = 1 << 20
const ZEROS = Buffer.alloc(80 * MIB)
/** 80 MiB of zeros, and of spaces, in a few bytes: made once, since it takes a while. */
const BOMBS = { gzip: gzipSync(ZEROS), deflate: deflateSync(ZEROS), 'x-gzip': gzipSync(Buffer.alloc(80 * MIB, ' ')) }

type Make = (target: Target, random: Random) => RawRequest

/** Bytes by a name; each is made anew. */
const MAKERS: Readonly<Record<string, Make>> = {
  noise: (_, random) => raw([bytes(random, 1 + random.below(4000))]),
  'noise behind a request line': (_, random) => raw([`GET /v1/events HTTP/1.1\r\n`, bytes(random, 400), '\r\n\r\n']),
  'a request cut anywhere': (target, random) => {
    const whole = post(target, target.envelope)
    return {
      chunks: [whole.subarray(0, random.below(whole.length))],
      ends: random.oneIn(2),
      leaves: random.oneIn(3),
      patienceMs: 100,
    }
  },
  'a byte changed': (target, random) => {
    const whole = post(target, target.envelope)
    whole[random.below(whole.length)] = random.below(256)
    return raw([whole])
  },
  'a body shorter than told': (target, random) =>
    raw(
      [post(target, target.envelope, { 'Content-Length': String(target.envelope.length + 1 + random.below(1e6)) })],
      true,
    ),
  'a body longer than told': (target, random) =>
    raw([post(target, target.envelope, { 'Content-Length': String(random.below(target.envelope.length)) })]),
  'an impossible length': (target, random) =>
    raw([
      post(target, target.envelope, {
        'Content-Length': random.pick([
          '-1',
          '+5',
          '0x10',
          '1e3',
          '5, 6',
          '99999999999999999999',
          '',
          ' ',
          'NaN',
          '1.5',
        ]),
      }),
    ]),
  'two lengths': (target) => raw([post(target, target.envelope, { 'Content-Length': '5', 'content-length': '500' })]),
  'a length and chunks, smuggled': (target, random) =>
    raw([
      post(target, `0\r\n\r\nGET /v1/events?smuggled=1 HTTP/1.1\r\nHost: localhost\r\n\r\n`, {
        'Content-Length': random.pick(['4', '5', '61']),
        'Transfer-Encoding': random.pick([
          'chunked',
          ' chunked',
          'xchunked',
          'chunked, identity',
          'identity, chunked',
          'CHUNKED',
        ]),
      }),
    ]),
  'bad chunks': (target, random) =>
    raw(
      [
        post(
          target,
          random.pick([
            'zz\r\nabc\r\n0\r\n\r\n',
            '-1\r\n\r\n',
            'ffffffffffffffff\r\nabc',
            '3\r\nabcdef\r\n0\r\n\r\n',
            `5;${'x'.repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`,
            '5\nabcde\n0\n\n',
            '3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n',
            `1\r\n{\r\n`.repeat(100),
          ]),
          { 'Transfer-Encoding': 'chunked', 'Content-Length': null },
        ),
      ],
      random.oneIn(2),
    ),
  'many headers': (_, random) =>
    raw([`GET /v1/events HTTP/1.1\r\nHost: localhost\r\n${'X-A: b\r\n'.repeat(random.pick([100, 1999, 5000]))}\r\n`]),
  'a huge header': (_, random) =>
    raw([
      `GET /v1/events HTTP/1.1\r\nHost: localhost\r\nX-A: ${'b'.repeat(random.pick([15_000, 17_000, MIB]))}\r\n\r\n`,
    ]),
  'a huge path': (_, random) =>
    raw([`GET /${'a'.repeat(random.pick([4000, 15_000, 70_000]))} HTTP/1.1\r\nHost: a\r\n\r\n`]),
  'a header that is none': (_, random) =>
    raw([
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${random.pick(['X A: b', ': b', 'X-A\u0000: b', ' folded', 'X-A: b\u0000c', 'X-A: b\rc', 'X-A'])}\r\n\r\n`,
    ]),
  'no host': () => raw(['GET /healthz HTTP/1.1\r\n\r\n']),
  'two hosts': () => raw(['GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n']),
  'another version': (_, random) =>
    raw([
      `GET /healthz ${random.pick(['HTTP/0.9', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/3', 'HTP/1.1', ''])}\r\nHost: localhost\r\n\r\n`,
    ]),
  'another method': (_, random) =>
    raw([
      `${random.pick(['FOO', 'PROPFIND', 'CONNECT', 'TRACE', 'OPTIONS', 'get', 'PRI', 'QUERY'])} /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]),
  'a strange target': (_, random) =>
    raw([
      `GET ${random.pick(['*', 'http://evil.example/healthz', '//evil', '/%', '/%zz', '/%c0%ae', '/v1/../healthz', '/\\', '/\u00e9', 'healthz', '/healthz#x', '/?', '/v1/events?%', '/v1/events?a=%ff&a=%fe', '/v1//events'])} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]),
  'TLS on a plain port': () => raw([Buffer.from('16030100c8010000c40303', 'hex')]),
  'HTTP/2 on a plain port': () => raw(['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']),
  'pipelined requests': (target, random) =>
    raw(
      Array.from({ length: 1 + random.below(20) }, () =>
        random.pick([get(target, '/healthz'), get(target, '/nowhere'), post(target, target.envelope)]),
      ),
    ),
  'a body that nobody reads': (target, random) =>
    raw([
      post(
        target,
        'x'.repeat(random.pick([10, 100_000, 3 * MIB])),
        {},
        random.pick(['/nowhere', '/healthz', '/v1/chains/x']),
      ),
    ]),
  'slowly sent': (target, random) => {
    const whole = post(target, target.envelope)
    const step = Math.ceil(whole.length / 8)
    const chunks = Array.from({ length: 8 }, (_, index) => whole.subarray(index * step, (index + 1) * step))
    return { chunks: chunks.slice(0, 1 + random.below(8)), pauseMs: 20, leaves: random.oneIn(2) }
  },
  'left at once': (target) => ({ chunks: [get(target, '/v1/events')], leaves: true }),
  'deep JSON': (target, random) => {
    const depth = random.pick([128, 1000, 100_000])
    return raw([
      post(target, random.pick(['['.repeat(depth), '{"a":'.repeat(depth), `${'['.repeat(depth)}${']'.repeat(depth)}`])),
    ])
  },
  'a huge line': (target, random) =>
    raw([
      post(target, `"${'x'.repeat(random.pick([MIB, 4 * MIB]))}"`, {
        'Content-Type': random.pick(['application/json', 'application/x-ndjson']),
      }),
    ]),
  'a zip bomb': (target, random) => {
    const encoding = random.pick(['gzip', 'deflate', 'x-gzip'] as const)
    const type = random.pick(['application/json', 'application/x-ndjson', 'application/vnd.apache.avro'])
    return {
      ...raw([post(target, BOMBS[encoding], { 'Content-Encoding': encoding, 'Content-Type': type })]),
      patienceMs: 10_000,
    }
  },
  'broken encoding': (target, random) => {
    const packed = gzipSync(target.envelope)
    packed[random.below(packed.length)]! ^= 1 + random.below(255)
    const body = random.oneIn(2) ? packed : packed.subarray(0, random.below(packed.length))
    return raw([post(target, body, { 'Content-Encoding': random.pick(['gzip', 'br', 'deflate', 'zstd']) })])
  },
  'text in another encoding': (target, random) =>
    raw([post(target, Buffer.from(target.envelope, random.pick(['utf16le', 'latin1'] as const)))]),
}

const NAMES = Object.keys(MAKERS)
/** These take long, or much memory on both sides: once in so many. */
const HEAVY = new Set(['a zip bomb', 'a huge line', 'slowly sent', 'a body shorter than told'])
const HEAVY_ONCE_IN = 8

export function malformedRequest(target: Target, random: Random): Malformed {
  const name = random.pick(NAMES)
  if (HEAVY.has(name) && !random.oneIn(HEAVY_ONCE_IN)) return malformedRequest(target, random)
  return { name, request: MAKERS[name]!(target, random) }
}

function raw(parts: readonly (string | Buffer)[], ends = false): RawRequest {
  return {
    chunks: [Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))],
    ends,
  }
}

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)))
}

function get({ authorization }: Target, path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`)
}

function post(
  { authorization }: Target,
  body: string | Buffer,
  changes: Readonly<Record<string, string | null>> = {},
  path = '/v1/events',
): Buffer {
  const sent = Buffer.from(body)
  const headers = {
    Host: 'localhost',
    Authorization: authorization,
    'Content-Type': 'application/json',
    'Content-Length': String(sent.length),
    ...changes,
  }
  const lines = Object.entries(headers).filter(([, value]) => value !== null)
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`, 'latin1'), sent])
}
