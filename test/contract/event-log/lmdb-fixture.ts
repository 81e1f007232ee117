import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LmdbEventLog, type LmdbEventLogOptions } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import type { EventLogFixture } from './event-log-fixture.ts'

export interface LmdbFixture extends EventLogFixture {
  readonly directory: string
  open(options?: LmdbEventLogOptions): Promise<LmdbEventLog>
}

/** LMDB in a temporary directory. */
export async function createLmdbFixture(): Promise<LmdbFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'experience-log-lmdb-'))
  const tables = await openLmdb(directory)
  return {
    directory,
    open: async (options) => new LmdbEventLog(tables, options),
    dispose: async () => {
      await tables.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
