import { DIGEST_BYTES } from '../../schemas/content-digest.ts'

/**
 * What tells the events of a block from others: a digest and an instant for each row. Equal events (tenant, id and content,
 * which is what the digest covers) are taken once.
 */
export class EventKeys {
  /** The tenant of all rows; `''` for events without one. */
  tenantId = ''
  /** 16 bytes a row. */
  readonly digests: Uint8Array
  /** Nanoseconds since the epoch, within what the table can hold. */
  readonly instants: BigInt64Array
  /** Ids of the events whose time cannot be read, by row. */
  readonly undated = new Map<number, string>()
  /** Open addressing with linear probing: row + 1, or 0. Digests are evenly spread, so their own bits are the hash. */
  readonly #slots: Int32Array
  readonly #words: Int32Array
  #rows = 0

  /** For up to so many rows. */
  constructor(rows: number) {
    this.digests = new Uint8Array(rows * DIGEST_BYTES)
    this.#words = new Int32Array(this.digests.buffer)
    this.instants = new BigInt64Array(rows)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows + 1)))
  }

  get rows(): number {
    return this.#rows
  }

  /** Takes an event's digest, as text of one byte a character, and its instant for the next row, unless a row has the digest. */
  add(latin1: string, instant: bigint): boolean {
    const row = this.#rows
    for (let i = 0; i < DIGEST_BYTES; i++) this.digests[row * DIGEST_BYTES + i] = latin1.charCodeAt(i)
    const mask = this.#slots.length - 1
    let slot = this.#words[4 * row]! & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#areEqual(held - 1, row)) return false
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = row + 1
    this.instants[row] = instant
    this.#rows++
    return true
  }

  /** The numbers of all rows. */
  all(): number[] {
    return Array.from({ length: this.#rows }, (_, row) => row)
  }

  digest(row: number): Uint8Array {
    return this.digests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES)
  }

  #areEqual(left: number, right: number): boolean {
    const words = this.#words
    for (let i = 0; i < 4; i++) if (words[4 * left + i] !== words[4 * right + i]) return false
    return true
  }
}
