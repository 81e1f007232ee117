import type * as lmdbModule from 'lmdb'
import type { Database, RootDatabase } from 'lmdb'
import { ExperienceError } from '../../base/experience-error.ts'
import { importOptional } from '../../base/import-optional.ts'

/** A topic: a number that stands for its name in keys, and its count of partitions; neither ever changes. */
export interface StoredTopic {
  readonly id: number
  readonly partitions: number
}

/** What a consumer group has committed for a partition. */
export interface StoredCommit {
  readonly offset: string
  readonly metadata: string
}

/** Who holds a consumer group. Every new owner raises the epoch, so that an earlier one's commits can be told. */
export interface StoredGroup {
  readonly epoch: number
  readonly owner: string | null
  readonly host: string
  readonly pid: number
  readonly renewedAt: number
}

export interface StoredSchema {
  readonly subject: string
  readonly schema: string
}

/** The tables of one data directory. The log and the registry share them; whoever opened them closes them. */
export interface LmdbTables {
  readonly directory: string
  /** Topic name → topic. */
  readonly topics: Database<StoredTopic, string>
  /** Topic id → topic name. Topics of releases before this one have no entry. */
  readonly topicNames: Database<string, number>
  /** The latest appends by their count → keys of the partitions that each wrote to. */
  readonly changes: Database<Buffer, number>
  /** Partition key → the end of the partition. */
  readonly heads: Database<Buffer, Buffer>
  /** Partition key and offset → record. */
  readonly records: Database<Buffer, Buffer>
  /** Names of counters → counts. */
  readonly counters: Database<number, string>
  readonly groups: Database<StoredGroup, string>
  /** [group, topic, partition] → commit. */
  readonly commits: Database<StoredCommit, [string, string, number]>
  /** Schema id → schema. */
  readonly schemas: Database<StoredSchema, number>
  /** One entry: what tells this directory's log from every other. */
  readonly identity: Database<string, string>
  /**
   * Makes the reads that follow see what is committed by now. Without it they may see what was a millisecond or more ago,
   * since lmdb keeps a snapshot over a turn of the event loop.
   */
  refresh(): void
  /** Runs the writes of `action` as one transaction: all of them or, when it throws, none. */
  transaction<Result>(action: () => Result): Promise<Result>
  close(): Promise<void>
}

/** Turns what LMDB throws into `StorageError`; passes on what is ours already. */
function failure(error: unknown, directory: string): ExperienceError {
  if (error instanceof ExperienceError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ExperienceError('StorageError', `the log in ${directory} failed: ${reason}`, { cause: error })
}

/**
 * Opens (and creates, where missing) the tables in a directory. Several processes may do so at once. Errors: `Unavailable`
 * when the package `lmdb` is missing, `StorageError` when the directory can't be opened.
 *
 * Durability: a transaction is written and fsynced before it becomes visible and before its promise resolves, so what was
 * answered for survives kill -9 and, as far as the disk keeps its word, power loss; and no reader sees what a power cut could
 * take back. lmdb's own default (`overlappingSync`) shows records before they are on the disk, and was no faster
 * (621 k against 585 k records of 500 bytes a second, in batches of 500).
 */
export async function openLmdb(directory: string): Promise<LmdbTables> {
  const lmdb = await importOptional<typeof lmdbModule>(
    'lmdb',
    'the embedded log needs the optional package "lmdb", which cannot be loaded: run `npm install lmdb`, or use Kafka',
  )
  let root: RootDatabase
  try {
    root = lmdb.open({ path: directory, noSubdir: false, maxDbs: 12, overlappingSync: false })
  } catch (error) {
    throw failure(error, directory)
  }
  return {
    directory,
    topics: root.openDB('topics', {}),
    topicNames: root.openDB('topicNames', {}),
    changes: root.openDB('changes', { encoding: 'binary' }),
    heads: root.openDB('heads', { encoding: 'binary', keyEncoding: 'binary' }),
    records: root.openDB('records', { encoding: 'binary', keyEncoding: 'binary' }),
    counters: root.openDB('counters', {}),
    groups: root.openDB('groups', {}),
    commits: root.openDB('commits', {}),
    schemas: root.openDB('schemas', {}),
    identity: root.openDB('identity', {}),
    refresh: () => root.resetReadTxn(),
    transaction: async (action) => {
      try {
        // A child transaction, because lmdb rolls back a plain one's writes for no callback's error.
        return await root.childTransaction(action)
      } catch (error) {
        throw failure(error, directory)
      }
    },
    close: () => root.close(),
  }
}
