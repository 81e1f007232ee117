import { createHash } from 'node:crypto'
import type { LogRecord } from '../record.ts'
import { bodyOf, schemaOf, type PortableValue } from './portable-value.ts'
import { canonicalBody } from './writer-schema.ts'

/**
 * Adds up what records say, whatever their order, partitions and offsets, the order inside maps, and whatever registry knows their
 * schemas: equal for a log and its copies. A sum modulo 2⁶⁴ of either half of each record's digest, the first 16 bytes of a SHA-256.
 */
export class LogDigest {
  #low = 0n
  #high = 0n

  /** `home` tells whose record it is, and of what kind: equal for all topics of that. */
  add(home: string, { key, headers, timestamp }: Omit<LogRecord, 'value'>, value: PortableValue): void {
    const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))
    // Not the kind: a later release may take an event for one of an earlier schema.
    const writtenWith = schemaOf(value)?.fingerprint ?? value.kind
    const head = JSON.stringify([home, key, timestamp, sorted, writtenWith])
    const hash = createHash('sha256').update(`${head}\n`)
    if (value.kind === 'event') hash.update(value.canonical)
    // Another release may have taken it for an event.
    if (value.kind === 'framed') hash.update(canonicalBody(value.schema, bodyOf(value)) ?? bodyOf(value))
    if (value.kind === 'raw') hash.update(value.bytes)
    const digest = hash.digest()
    this.#low += digest.readBigUInt64BE(0)
    this.#high += digest.readBigUInt64BE(8)
  }

  /** 32 hex digits. */
  text(): string {
    return [this.#low, this.#high].map((sum) => BigInt.asUintN(64, sum).toString(16).padStart(16, '0')).join('')
  }
}
