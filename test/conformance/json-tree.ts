/**
 * JSON as a tree of raw tokens: nothing is decoded, so that repeated keys, the order of keys and the spelling of numbers and
 * strings stay. Texts are "binary strings", one character a byte, so that bytes which are no UTF-8 stay as well.
 * Independent of the reader under test.
 */
export type JsonNode = JsonObject | JsonArray | JsonScalar

export interface JsonObject {
  readonly kind: 'object'
  readonly members: readonly JsonMember[]
}

export interface JsonArray {
  readonly kind: 'array'
  readonly items: readonly JsonNode[]
}

/** A string, number or literal, as it is spelled. */
export interface JsonScalar {
  readonly kind: 'scalar'
  readonly raw: string
}

export interface JsonMember {
  /** The key with its quotes, as it is spelled. */
  readonly rawKey: string
  readonly value: JsonNode
}

export function binaryOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

export function bytesOf(binary: string): Buffer {
  return Buffer.from(binary, 'latin1')
}

/** The binary string of a text's UTF-8 bytes. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

export function scalar(raw: string): JsonScalar {
  return { kind: 'scalar', raw }
}
export function quoted(text: string): JsonScalar {
  return scalar(utf8(JSON.stringify(text)))
}

const TOKEN = /[ \t\r\n]*([{}[\],:]|"(?:[^"\\]|\\.)*"|[^ \t\r\n{}[\],:"]+)/y

/** Parses a document; null if it is no JSON by its brackets, commas, colons and quotes. Tokens are not checked. */
export function parseTree(binary: string): JsonNode | null {
  let at = 0
  const next = (): string => {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(binary)?.[1]
    if (token === undefined) throw new SyntaxError('no token')
    at = TOKEN.lastIndex
    return token
  }
  const list = (close: string, item: (first: string) => void): void => {
    let token = next()
    if (token === close) return
    for (;;) {
      item(token)
      token = next()
      if (token === close) return
      if (token !== ',') throw new SyntaxError('no comma')
      token = next()
    }
  }
  const node = (token: string): JsonNode => {
    if (token === '{') {
      const members: JsonMember[] = []
      list('}', (rawKey) => {
        if (!rawKey.startsWith('"') || next() !== ':') throw new SyntaxError('no key')
        members.push({ rawKey, value: node(next()) })
      })
      return { kind: 'object', members }
    }
    if (token === '[') {
      const items: JsonNode[] = []
      list(']', (first) => items.push(node(first)))
      return { kind: 'array', items }
    }
    if (/^[}\],:]$/.test(token)) throw new SyntaxError('no value')
    return scalar(token)
  }
  try {
    const root = node(next())
    return /^[ \t\r\n]*$/.test(binary.slice(at)) ? root : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Prints a tree; `space` gives the white space between any two tokens. */
export function printTree(node: JsonNode, space: () => string = () => ''): string {
  if (node.kind === 'scalar') return node.raw
  const separator = `,${space()}`
  if (node.kind === 'array') {
    return `[${space()}${node.items.map((item) => printTree(item, space) + space()).join(separator)}]`
  }
  const members = node.members.map(
    ({ rawKey, value }) => `${rawKey}${space()}:${space()}${printTree(value, space)}${space()}`,
  )
  return `{${space()}${members.join(separator)}}`
}

/** The container with each value changed; the same container where none is. The key is null for items of an array. */
export function withValues<N extends JsonObject | JsonArray>(
  node: N,
  change: (value: JsonNode, rawKey: string | null) => JsonNode,
): N | JsonObject | JsonArray {
  if (node.kind === 'array') {
    const items = node.items.map((item) => change(item, null))
    return items.every((item, index) => item === node.items[index]) ? node : { kind: 'array', items }
  }
  const members = node.members.map(({ rawKey, value }) => ({ rawKey, value: change(value, rawKey) }))
  return members.every(({ value }, index) => value === node.members[index]?.value) ? node : { kind: 'object', members }
}

/** The text that a raw key or string means; the raw text itself where it means none. */
export function meaningOf(raw: string): string {
  try {
    const value: unknown = JSON.parse(bytesOf(raw).toString())
    return typeof value === 'string' ? value : raw
  } catch {
    return raw
  }
}
