import type { Offset, TopicPartition } from '../../base/position.ts'
import type { PartitionOffsets } from '../event-log.ts'
import type { RecordBatch, StoredRecord } from '../record.ts'
import type { LmdbTables, StoredTopic } from './lmdb-tables.ts'
import {
  bytesBefore,
  decodeHead,
  decodeRecord,
  EMPTY_HEAD,
  offsetOfKey,
  partitionKey,
  recordKey,
  timestampOf,
  type Head,
} from './stored-record.ts'

/**
 * Reads one partition. Each call sees what is committed at its time. A topic that was deleted holds nothing from then on,
 * though its records are removed later, and though there is another of its name.
 */
export class LmdbPartitionReader {
  readonly partition: TopicPartition
  /** How many partitions the topic has: as many as it was created with. */
  readonly topicPartitions: number
  readonly #tables: LmdbTables
  readonly #topicId: number
  readonly #key: Buffer

  constructor(tables: LmdbTables, topic: StoredTopic, partition: TopicPartition) {
    this.partition = partition
    this.topicPartitions = topic.partitions
    this.#tables = tables
    this.#topicId = topic.id
    this.#key = partitionKey(topic.id, partition.partition)
  }

  /** A key that no other partition of this data directory has. */
  get id(): string {
    return this.#key.toString('latin1')
  }

  /** Tells the topic from every other of this data directory. */
  get topicId(): number {
    return this.#topicId
  }

  /** Whether the topic still is the one that this was made for, by the transaction or snapshot at hand. */
  exists(): boolean {
    return this.#tables.topics.get(this.partition.topic)?.id === this.#topicId
  }

  head(): Head {
    this.#tables.refresh()
    return this.#head()
  }

  #head(): Head {
    return this.exists() ? decodeHead(this.#tables.heads.get(this.#key)) : EMPTY_HEAD
  }

  /** By the snapshot at hand, so that many partitions can be asked for the price of one. */
  offsets(): PartitionOffsets {
    return { ...this.partition, earliest: EMPTY_HEAD.next, next: this.#head().next }
  }

  /**
   * The offset of the first record of that time or a later one, or the end. It is found by halving: where times go back, it is one
   * of the places at which they pass the given one.
   */
  offsetAt(timestamp: number): Offset {
    let [low, high] = [0n, this.head().next as bigint]
    while (low < high) {
      const middle = (low + high) / 2n
      const stored = this.#tables.records.get(recordKey(this.#key, middle))
      if (stored !== undefined && timestampOf(stored) < timestamp) low = middle + 1n
      else high = middle
    }
    return low as Offset
  }

  /** Bytes of the records from an offset up to the head. */
  bytesFrom(offset: Offset): number {
    const head = this.head()
    const stored = offset < head.next ? this.#tables.records.get(recordKey(this.#key, offset)) : undefined
    return stored === undefined ? 0 : head.bytes - bytesBefore(stored)
  }

  /** The records `[from, to)`, or as many of the first of them as fill `maxBytes` (one at least); null if there is none. */
  batch(from: Offset, to: Offset, maxBytes: number): RecordBatch | null {
    if (!this.exists()) return null
    const range = { start: recordKey(this.#key, from), end: recordKey(this.#key, to) }
    const records: StoredRecord[] = []
    let bytes = 0
    for (const { key, value } of this.#tables.records.getRange(range)) {
      if (records.length > 0 && bytes + value.length > maxBytes) break
      bytes += value.length
      records.push(decodeRecord(value, this.partition, offsetOfKey(key)))
    }
    const last = records.at(-1)
    return last === undefined ? null : { ...this.partition, first: from, next: (last.offset + 1n) as Offset, records }
  }
}
