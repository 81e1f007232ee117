import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { OpenApiDocument } from '../../service/http/document/open-api-document.ts'
import type { Operation } from '../../service/http/document/operation-of.ts'
import type { Parameter } from '../../service/http/document/parameters.ts'
import { mutateJson } from '../conformance/mutate-json.ts'
import type { Random } from '../conformance/random.ts'
import { HOSTILE_HEADERS, HOSTILE_NAMES, HOSTILE_WORDS } from './hostile-words.ts'
import type { RawRequest } from './raw-exchange.ts'
import { sampleOf } from './sample-schema.ts'

/** A request that is HTTP, and may ask for anything. */
export interface Mutated {
  readonly method: string
  /** As the document spells it. */
  readonly path: string
  readonly request: RawRequest
  readonly isEndless: boolean
}

export interface Keys {
  /** Of an operator, who may do all. */
  readonly all: string
  /** Which may append and ask. */
  readonly events: string
}

interface Placed extends Operation {
  readonly method: string
  readonly path: string
}

const ENCODERS: readonly (readonly [string, (body: Buffer) => Buffer])[] = [
  ['gzip', (body) => gzipSync(body)],
  ['deflate', (body) => deflateSync(body)],
  ['br', (body) => brotliCompressSync(body)],
]
/** An operator's act that may take long is asked for once in so many. */
const ACT_ONCE_IN = 200
const ENDLESS_MS = 150
/** A question may wait for the tables for 30 s (READ_WAIT_MS) before it is answered that they are behind. */
const PATIENCE_MS = 45_000

/** Makes requests of the routes of a document, and changes them. */
export class RequestMutator {
  readonly #operations: readonly Placed[]
  readonly #document: OpenApiDocument
  readonly #keys: Keys
  /** Envelopes as JSON. */
  readonly #corpus: readonly string[]

  constructor(document: OpenApiDocument, keys: Keys, corpus: readonly string[]) {
    this.#document = document
    this.#keys = keys
    this.#corpus = corpus
    this.#operations = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    )
  }

  next(random: Random): Mutated {
    // Half of what comes to such a process are events.
    const appends = this.#operations.filter(({ method, path }) => method === 'POST' && path === '/v1/events')
    const operation = random.pick(appends.length > 0 && random.oneIn(2) ? appends : this.#operations)
    const { method, path } = operation
    const isAct = method !== 'GET' && operation.security.every(({ key }) => (key as string[]).includes('operate'))
    const key = isAct && !random.oneIn(ACT_ONCE_IN) ? this.#keys.events : this.#keys.all
    const { headers, body } = this.#bodyOf(operation, random)
    const lines: Record<string, string> = {
      Host: 'localhost',
      ...(random.oneIn(20) ? {} : { Authorization: `Bearer ${key}` }),
      Connection: 'close',
      ...headers,
      ...(body === null ? {} : { 'Content-Length': String(body.length) }),
    }
    if (random.oneIn(4)) for (let left = 1 + random.below(2); left > 0; left--) Object.assign(lines, headerOf(random))
    const target = `${this.#pathOf(operation, random)}${this.#queryOf(operation, random)}`
    const isEndless = /tail/.test(path) && method === 'GET'
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${headerText(value)}\r\n`)
    const bytes = Buffer.from(`${method} ${target} HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1')
    return {
      method,
      path,
      isEndless,
      request: {
        chunks: [body === null ? bytes : Buffer.concat([bytes, body])],
        patienceMs: PATIENCE_MS,
        restMs: PATIENCE_MS,
        ...(isEndless ? { mostMs: ENDLESS_MS } : {}),
      },
    }
  }

  #pathOf({ path, parameters = [] }: Placed, random: Random): string {
    return path.replaceAll(/\{(\w+)\}/g, (_, name) => {
      const value = this.#valueOf(
        parameters.find((each) => each.in === 'path' && each.name === name),
        random,
      )
      // A part that is empty, or goes up, is another path.
      return value === '' || /^\.{1,2}$/.test(value) ? 'x' : encodeURIComponent(value.toWellFormed())
    })
  }

  #queryOf({ parameters = [] }: Placed, random: Random): string {
    const given: [string, string][] = []
    for (const parameter of parameters) {
      if (parameter.in !== 'query') continue
      // To wait for the tables each time would make most of the time waiting.
      if (parameter.name === 'consistency' && !random.oneIn(8)) given.push(['consistency', 'eventual'])
      else if (parameter.required || random.oneIn(4)) given.push([parameter.name, this.#valueOf(parameter, random)])
    }
    if (random.oneIn(8)) given.push([random.pick(HOSTILE_NAMES), random.pick(HOSTILE_WORDS)])
    if (given.length > 0 && random.oneIn(20)) given.push(given[0]!)
    const text = given.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`)
    return text.length === 0 ? '' : `?${text.join('&')}`
  }

  #valueOf(parameter: Parameter | undefined, random: Random): string {
    if (parameter === undefined || random.oneIn(4)) return random.pick(HOSTILE_WORDS)
    const value = sampleOf(parameter.schema, this.#document.components.schemas, random)
    return typeof value === 'string' ? value : JSON.stringify(value)
  }

  #bodyOf(
    operation: Placed,
    random: Random,
  ): { readonly headers: Record<string, string>; readonly body: Buffer | null } {
    const content = operation.requestBody?.content
    if (content === undefined) return { headers: {}, body: random.oneIn(50) ? Buffer.from('unasked for') : null }
    const type = random.pick(Object.keys(content))
    const body =
      operation.path === '/v1/events' ? this.#events(type, random) : this.#plain(content[type]!.schema, random)
    const headers = { 'Content-Type': type }
    if (!random.oneIn(5)) return { headers, body }
    const [encoding, encode] = random.pick(ENCODERS)
    return { headers: { ...headers, 'Content-Encoding': encoding }, body: encode(body) }
  }

  #events(type: string, random: Random): Buffer {
    if (type.includes('avro'))
      return Buffer.from(Array.from({ length: random.below(600) }, (_, at) => (at < 4 ? 0 : random.below(256))))
    const envelopes = Array.from({ length: 1 + random.below(type.includes('ndjson') ? 20 : 3) }, () => {
      const envelope = random.pick(this.#corpus)
      return random.oneIn(2) ? Buffer.from(envelope) : mutateJson(envelope, random)
    })
    if (type.includes('ndjson')) return joined(envelopes, random.pick(['\n', '\n', '\r\n', '\n\n']))
    return random.oneIn(2) ? envelopes[0]! : Buffer.concat([Buffer.from('['), joined(envelopes, ','), Buffer.from(']')])
  }

  #plain(schema: Parameter['schema'], random: Random): Buffer {
    const text = JSON.stringify(sampleOf(schema, this.#document.components.schemas, random)) ?? 'null'
    return random.oneIn(3) ? mutateJson(text, random) : Buffer.from(text)
  }
}

function joined(parts: readonly Buffer[], separator: string): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(separator), part])))
}

function headerOf(random: Random): Record<string, string> {
  const [name, value] = random.pick(HOSTILE_HEADERS)
  return { [name]: value }
}

/** What a header may hold at all: anything else would be no HTTP. */
function headerText(value: string): string {
  return value.replaceAll(/[\r\n\0]/g, ' ').replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?')
}
