import type { Offset, Position } from '../../base/position.ts'
import type { AppendRequest } from '../event-log.ts'
import { partitionOfKey } from '../partitioner.ts'
import type { LmdbChanges } from './lmdb-changes.ts'
import type { LmdbTables, StoredTopic } from './lmdb-tables.ts'
import type { LmdbTopics } from './lmdb-topics.ts'
import { decodeHead, encodeHead, encodeRecord, partitionKey, recordKey, setBytesBefore } from './stored-record.ts'

/** The end of a partition, moved by a transaction. */
interface PartitionEnd {
  readonly key: Buffer
  next: Offset
  bytes: number
}

/** A topic that a transaction writes to, and the partitions of it that it has written to. */
interface OpenTopic {
  readonly stored: StoredTopic
  readonly partitions: (PartitionEnd | undefined)[]
}

/** What was appended: where each record stands, and the ids of the partitions. */
export interface Appended {
  readonly positions: Position[]
  readonly partitions: ReadonlySet<string>
}

/** Writes records behind the ends of their partitions, those of one call in one transaction. */
export class LmdbAppender {
  readonly #tables: LmdbTables
  readonly #topics: LmdbTopics
  readonly #changes: LmdbChanges

  constructor(tables: LmdbTables, topics: LmdbTopics, changes: LmdbChanges) {
    this.#tables = tables
    this.#topics = topics
    this.#changes = changes
  }

  /** Error: `StorageError`. */
  async append(requests: readonly AppendRequest[]): Promise<Appended> {
    const encoded = requests.map(({ record }) => encodeRecord(record))
    return this.#tables.transaction(() => {
      // Looked up anew in each transaction: any process may have deleted the topic since.
      const topics = new Map<string, OpenTopic>()
      const positions = requests.map(({ topic, record }, index) => {
        const open = topics.get(topic) ?? { stored: this.#topics.ensure(topic), partitions: [] }
        topics.set(topic, open)
        const partition = partitionOfKey(record.key, open.stored.partitions)
        const end = (open.partitions[partition] ??= this.#endOf(partitionKey(open.stored.id, partition)))
        return { topic, partition, offset: this.#write(end, encoded[index]!) }
      })
      const ends = [...topics.values()].flatMap((open) => open.partitions.filter((end) => end !== undefined))
      for (const end of ends) this.#tables.heads.putSync(end.key, encodeHead(end))
      this.#changes.note(ends.map(({ key }) => key))
      return { positions, partitions: new Set(ends.map(({ key }) => key.toString('latin1'))) }
    })
  }

  #write(end: PartitionEnd, bytes: Buffer): Offset {
    setBytesBefore(bytes, end.bytes)
    this.#tables.records.putSync(recordKey(end.key, end.next), bytes)
    const offset = end.next
    end.next = (offset + 1n) as Offset
    end.bytes += bytes.length
    return offset
  }

  #endOf(key: Buffer): PartitionEnd {
    return { key, ...decodeHead(this.#tables.heads.get(key)) }
  }
}
