import type { Offset, TopicPartition } from '../../../base/position.ts'
import type { StoredRecord } from '../../record.ts'
import { SEQUENCE_HEADER } from '../../record-headers.ts'
import { VarintReader } from './varint-reader.ts'

const SEQUENCE = Buffer.from(SEQUENCE_HEADER)

/**
 * Foreign clocks may say anything that has 64 bits. Further from the epoch than this, a time could not be written again, as a
 * dead letter's is, since the differences between times would not be exact.
 */
const LONGEST_MS = 2 ** 51

/** What the records of a batch have in common. */
export interface BatchOfRecords extends TopicPartition {
  readonly bytes: Buffer
  /** The offset that the records' own are relative to. */
  readonly first: Offset
  /** ms since the epoch; the records' own are relative to it, unless it stands for all of them. */
  readonly timestamp: number
  readonly isRelative: boolean
}

/**
 * A record in the bytes of its batch, of which everything is read only when it is asked for: a projector holds tens of thousands
 * of them at a time, and for the garbage collector what is held costs more than what is made and dropped.
 */
export class FetchedRecord implements StoredRecord {
  readonly #batch: BatchOfRecords
  readonly #offsetDelta: number
  readonly #age: number
  readonly #keyAt: number
  readonly #valueAt: number

  /** Reads the `record` (see the grammar in `batch-format.ts`) that begins at the reader's place, and goes past it. */
  constructor(batch: BatchOfRecords, reader: VarintReader) {
    const length = reader.int32()
    const end = reader.at + length
    // No attribute is defined.
    reader.at++
    this.#batch = batch
    this.#age = reader.int64()
    this.#offsetDelta = reader.int32()
    this.#keyAt = reader.at
    reader.skipBlob()
    this.#valueAt = reader.at
    reader.at = end
  }

  get topic(): string {
    return this.#batch.topic
  }

  get partition(): number {
    return this.#batch.partition
  }

  get offset(): Offset {
    return (this.#batch.first + BigInt(this.#offsetDelta)) as Offset
  }

  get timestamp(): number {
    const { timestamp, isRelative } = this.#batch
    return Math.max(-LONGEST_MS, Math.min(LONGEST_MS, isRelative ? timestamp + this.#age : timestamp))
  }

  get key(): string {
    return this.#reader(this.#keyAt).string()
  }

  get value(): Buffer | null {
    return this.#reader(this.#valueAt).blob()
  }

  /** Of headers of one name, the last. */
  get headers(): Readonly<Record<string, string>> {
    const reader = this.#reader(this.#valueAt)
    reader.skipBlob()
    const headers = new Map<string, string | undefined>()
    for (let left = reader.int32(); left > 0; left--) headers.set(reader.string(), reader.blob()?.toString())
    return Object.fromEntries([...headers].filter((header): header is [string, string] => header[1] !== undefined))
  }

  /** As `sequenceOf` reads it, but without the other headers and a text: every event is asked for it. */
  get sequence(): number {
    // Times that the broker sets are not the producer's, whose place this is.
    if (!this.#batch.isRelative) return 0
    const reader = this.#reader(this.#valueAt)
    reader.skipBlob()
    let sequence = 0
    for (let left = reader.int32(); left > 0; left--) {
      if (reader.isText(SEQUENCE)) sequence = reader.decimal()
      else reader.skipBlob()
    }
    return sequence
  }

  #reader(at: number): VarintReader {
    return new VarintReader(this.#batch.bytes, at)
  }
}
