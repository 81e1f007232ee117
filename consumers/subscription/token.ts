import { createHash } from 'node:crypto'
import { ExperienceError } from '../../base/experience-error.ts'
import { offset, type Offset } from '../../base/position.ts'

/** What a token says of a topic: tags of its name and of its id, and where each partition goes on. */
export interface TokenTopic {
  readonly idTag: string
  readonly next: ReadonlyMap<number, Offset>
}

/*
 * A token: version (1) | for each topic: the first bytes of the SHA-256 of its name (6) and of its id (3), how many partitions, and of
 * each its number and next offset. Numbers are varints (LEB128). The whole in base64url: 15 to 20 characters for each topic of one partition.
 */
const VERSION = 1
const NAME_BYTES = 6
const ID_BYTES = 3

/** What a token says of a topic before its partitions. */
export function tokenHead(topic: string, topicId: string): Buffer {
  return Buffer.concat([tagOf(topic, NAME_BYTES), tagOf(topicId, ID_BYTES)])
}

/** Writes what a token says of a topic. */
export function writeTokenTopic(
  bytes: number[],
  head: Buffer,
  places: readonly { readonly partition: number; readonly next: Offset }[],
): void {
  bytes.push(...head)
  writeNumber(bytes, BigInt(places.length))
  for (const { partition, next } of places) {
    writeNumber(bytes, BigInt(partition))
    writeNumber(bytes, next)
  }
}

/** The token of what `writeTokenTopic` wrote. */
export function tokenOf(topics: readonly Buffer[]): string {
  return Buffer.concat([Buffer.of(VERSION), ...topics]).toString('base64url')
}

/** The topics of a token, by the tags of their names. Error: `InvalidQuery` (`from.after`) for text that is no token. */
export function topicsOfToken(token: string): ReadonlyMap<string, TokenTopic> {
  const bytes = Buffer.from(token, 'base64url')
  const topics = new Map<string, TokenTopic>()
  if (bytes[0] !== VERSION || bytes.toString('base64url') !== token) throw noToken()
  let at = 1
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 63n) throw noToken()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const name = bytes.toString('hex', at, at + NAME_BYTES)
    const id = bytes.toString('hex', at + NAME_BYTES, at + NAME_BYTES + ID_BYTES)
    at += NAME_BYTES + ID_BYTES
    const next = new Map<number, Offset>()
    for (let left = number(); left > 0n; left--) next.set(Number(number()), offset(number()))
    topics.set(name, { idTag: id, next })
  }
  return topics
}

export function nameTag(topic: string): string {
  return tagOf(topic, NAME_BYTES).toString('hex')
}

export function idTag(topicId: string): string {
  return tagOf(topicId, ID_BYTES).toString('hex')
}

function tagOf(text: string, bytes: number): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, bytes)
}

function writeNumber(bytes: number[], value: bigint): void {
  let left = value
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
  bytes.push(Number(left))
}

function noToken(): ExperienceError {
  return new ExperienceError('InvalidQuery', 'from.after: is not a token of a subscription', { field: 'from.after' })
}
