import type { Offset, StoredRecord, TopicPartition } from '../event-log.ts'
import { VarintReader } from './varint-reader.ts'

/**
 * A record in the bytes of its batch. Key and headers are read only when they are asked for: decoding an event needs neither,
 * and their texts are the larger part of what reading a record costs.
 */
export class FetchedRecord implements StoredRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: Offset
  readonly timestamp: number
  readonly value: Buffer | null
  readonly #bytes: Buffer
  readonly #keyAt: number
  readonly #headersAt: number

  private constructor(place: TopicPartition, offset: Offset, timestamp: number, keyAt: number, reader: VarintReader) {
    this.topic = place.topic
    this.partition = place.partition
    this.offset = offset
    this.timestamp = timestamp
    this.#bytes = reader.bytes
    this.#keyAt = keyAt
    reader.at = keyAt
    reader.skipBlob()
    this.value = reader.blob()
    this.#headersAt = reader.at
  }

  /**
   * Reads the record that begins at the reader's place (https://kafka.apache.org/documentation/#record), and goes past it.
   * `timestamp` is the batch's, ms since the epoch, which the record's own may be relative to.
   */
  static read(
    reader: VarintReader,
    place: TopicPartition,
    first: Offset,
    timestamp: number,
    isRelative: boolean,
  ): FetchedRecord {
    const length = reader.int32()
    const end = reader.at + length
    // No attribute is defined.
    reader.at++
    const age = reader.int64()
    const offset = (first + BigInt(reader.int32())) as Offset
    const record = new FetchedRecord(place, offset, isRelative ? timestamp + age : timestamp, reader.at, reader)
    reader.at = end
    return record
  }

  get key(): string {
    return new VarintReader(this.#bytes, this.#keyAt).string()
  }

  /** Of headers of one name, the last. */
  get headers(): Readonly<Record<string, string>> {
    const reader = new VarintReader(this.#bytes, this.#headersAt)
    const headers = new Map<string, string | undefined>()
    for (let left = reader.int32(); left > 0; left--) headers.set(reader.string(), reader.blob()?.toString())
    return Object.fromEntries([...headers].filter((header): header is [string, string] => header[1] !== undefined))
  }
}
