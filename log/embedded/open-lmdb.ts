import type * as lmdbModule from 'lmdb'
import { ExperienceError } from '../../base/experience-error.ts'
import { importOptional } from '../../base/import-optional.ts'
import type { LmdbTables } from './lmdb-tables.ts'
import { shareOpened } from './share-opened.ts'

/** Turns what LMDB throws into `StorageError`; passes on what is ours already. */
function failure(error: unknown, directory: string): ExperienceError {
  if (error instanceof ExperienceError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new ExperienceError('StorageError', `the log in ${directory} failed: ${reason}`, { cause: error })
}

/**
 * Opens (and creates, where missing) the tables in a directory. Several processes may do so at once, and one process several
 * times. Errors: `Unavailable` when the package `lmdb` is missing, `StorageError` when the directory can't be opened.
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
  return shareOpened(directory, () => openTables(lmdb, directory))
}

function openTables(lmdb: typeof lmdbModule, directory: string): LmdbTables {
  try {
    const root = lmdb.open({ path: directory, noSubdir: false, maxDbs: 12, overlappingSync: false })
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
  } catch (error) {
    throw failure(error, directory)
  }
}
