import type { Offset, PartitionOffsets, RecordBatch, StoredRecord, TopicPartition } from '../event-log.ts'
import type { LmdbTables } from './open-lmdb.ts'
import {
  bytesBefore,
  decodeHead,
  decodeRecord,
  offsetOfKey,
  partitionKey,
  recordKey,
  type Head,
} from './stored-record.ts'

/** Reads one partition. Each call sees what is committed at its time. */
export class LmdbPartitionReader {
  readonly partition: TopicPartition
  readonly #tables: LmdbTables
  readonly #key: Buffer

  constructor(tables: LmdbTables, topicId: number, partition: TopicPartition) {
    this.partition = partition
    this.#tables = tables
    this.#key = partitionKey(topicId, partition.partition)
  }

  /** A key that no other partition of this data directory has. */
  get id(): string {
    return this.#key.toString('latin1')
  }

  head(): Head {
    this.#tables.refresh()
    return decodeHead(this.#tables.heads.get(this.#key))
  }

  offsets(): PartitionOffsets {
    return { ...this.partition, earliest: 0n as Offset, next: this.head().next }
  }

  /** Bytes of the records from an offset up to the head. */
  bytesFrom(offset: Offset): number {
    const head = this.head()
    const stored = offset < head.next ? this.#tables.records.get(recordKey(this.#key, offset)) : undefined
    return stored === undefined ? 0 : head.bytes - bytesBefore(stored)
  }

  /** The records `[from, to)`, or as many of the first of them as fill `maxBytes` (one at least); null if there is none. */
  batch(from: Offset, to: Offset, maxBytes: number): RecordBatch | null {
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
