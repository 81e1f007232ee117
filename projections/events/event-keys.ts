import type { TopicPartition } from '../../base/position.ts'
import { DIGEST_BYTES } from '../../schemas/content-digest.ts'

/** Rows of one partition's events, one after another. */
export interface PartitionRows extends TopicPartition {
  /** The tenant of all of them; `''` for events without one. */
  tenantId: string
  readonly from: number
  /** Behind the last of them. */
  to: number
  /** Whether an event was left out that equals one of the block. */
  hasCopies: boolean
}

/**
 * What tells the events of a block from others: a digest, an instant and a place for each row. Equal events (tenant, id and content,
 * which is what the digest covers) are taken once.
 */
export class EventKeys {
  /** The partitions that the rows are of, in their order. */
  readonly partitions: PartitionRows[] = []
  /** 16 bytes a row. */
  readonly digests: Uint8Array
  /** Nanoseconds since the epoch, within what the table can hold. */
  readonly instants: BigInt64Array
  /** Where in its partition the log holds each row's event. */
  readonly offsets: BigInt64Array
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
    this.offsets = new BigInt64Array(rows)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rows + 1)))
  }

  get rows(): number {
    return this.#rows
  }

  /** The rows that follow are of this partition and tenant. */
  begin({ topic, partition }: TopicPartition): void {
    this.partitions.push({ topic, partition, tenantId: '', from: this.#rows, to: this.#rows, hasCopies: false })
  }

  /** The partition that the latest rows are of. */
  get latest(): PartitionRows {
    const latest = this.partitions.at(-1)
    if (latest === undefined) throw new Error('rows belong to a partition')
    return latest
  }

  /**
   * Takes an event's digest, as text of one byte a character, its instant and its offset for the next row, unless a row has the
   * digest.
   */
  add(latin1: string, instant: bigint, offset: bigint): boolean {
    const row = this.#rows
    for (let i = 0; i < DIGEST_BYTES; i++) this.digests[row * DIGEST_BYTES + i] = latin1.charCodeAt(i)
    const mask = this.#slots.length - 1
    let slot = this.#words[4 * row]! & mask
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      if (this.#areEqual(held - 1, row)) {
        this.latest.hasCopies = true
        return false
      }
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = row + 1
    this.instants[row] = instant
    this.offsets[row] = offset
    this.#rows++
    this.latest.to = this.#rows
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
