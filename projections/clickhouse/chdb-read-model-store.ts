import { randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { mkdir, open, readdir, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type * as chdbModule from 'chdb'
import { ExperienceError } from '../../base/experience-error.ts'
import { importOptional } from '../../base/import-optional.ts'
import { qualifiedName, validateDatabaseName } from '../table-name.ts'
import type { ForeignQuestion, InsertBlock, ReadModelStore, Statement } from '../read-model-store.ts'
import { closeAtExit } from './chdb-exit.ts'
import { ChdbForeign } from './chdb-foreign.ts'
import { ChdbSession } from './chdb-session.ts'
import { ChdbSessions } from './chdb-sessions.ts'
import { DirectoryInUse, ownDirectory } from './directory-owner.ts'
import { insertFileStatement, parseJsonRows, querySettings } from './statement-text.ts'

export interface ChdbOptions {
  /** The data directory; created if it does not exist. A process can use one only, and a directory has one process. */
  readonly directory: string
  /** Default: `experience_log`. */
  readonly database?: string
  /** Queries that run at once. Default: 2. */
  readonly readers?: number
  /**
   * Inserts that run at once. Default: 2. Queries and inserts each occupy one of libuv's threads: with more than four
   * together, raise UV_THREADPOOL_SIZE.
   */
  readonly writers?: number
  /** Foreign questions that run at once, beside queries and inserts; each occupies a thread as well. Default: 2. */
  readonly foreign?: number
}

/** Opens the ClickHouse engine in this process. Errors: `Unavailable` (not installed, directory in use), `InvalidSettings`. */
export async function openChdbReadModelStore(options: ChdbOptions): Promise<ReadModelStore> {
  const database = validateDatabaseName(options.database ?? 'experience_log')
  const directory = resolve(options.directory)
  await mkdir(directory, { recursive: true })
  // Before the engine is loaded, which takes a second: beside a projector, commands open it in vain.
  const disown = ownDirectory(directory)
  const chdb = await importOptional<Chdb>(
    'chdb',
    'the embedded read model needs the optional package "chdb", which cannot be loaded: run `npm install chdb` (Linux with glibc, or macOS), or use a ClickHouse server',
  ).catch((error: unknown) => {
    disown()
    throw error
  })
  const another = (): ChdbSession => openSession(chdb, directory)
  const openSessions = (count: number): ChdbSession[] => Array.from({ length: count }, another)
  const writers = openSessions(options.writers ?? 2)
  const readers = openSessions(options.readers ?? 2)
  const foreign = openSessions(options.foreign ?? 2)
  const control = another()
  const leaveToChdb = closeAtExit([...writers, ...readers, ...foreign, control], another)
  const insertFiles = join(directory, 'insert-files')
  await clearInsertFiles(insertFiles)
  const letGo = async (): Promise<void> => {
    await chdb.drainPending()
    leaveToChdb()
    disown()
  }
  return new ChdbReadModelStore({
    database,
    insertFiles,
    writers: new ChdbSessions(writers),
    readers: new ChdbSessions(readers),
    foreign: new ChdbForeign(foreign, control),
    letGo,
  })
}

interface Engine {
  readonly database: string
  readonly insertFiles: string
  readonly writers: ChdbSessions
  readonly readers: ChdbSessions
  readonly foreign: ChdbForeign
  /** Once the sessions are closed. */
  readonly letGo: () => Promise<void>
}

class ChdbReadModelStore implements ReadModelStore {
  readonly database: string
  readonly #insertFiles: string
  readonly #writers: ChdbSessions
  readonly #readers: ChdbSessions
  readonly #foreign: ChdbForeign
  readonly #letGo: () => Promise<void>

  constructor(engine: Engine) {
    this.database = engine.database
    this.#insertFiles = engine.insertFiles
    this.#writers = engine.writers
    this.#readers = engine.readers
    this.#foreign = engine.foreign
    this.#letGo = engine.letGo
  }

  table(name: string): string {
    return qualifiedName(this.database, name)
  }

  async command(statement: Statement): Promise<void> {
    await this.#writers.run(statement)
  }

  async query<Row>(statement: Statement, left?: AbortSignal): Promise<Row[]> {
    return parseJsonRows<Row>(await this.#readers.run(statement, left))
  }

  answerForeign(question: ForeignQuestion, left?: AbortSignal): Promise<Buffer> {
    return this.#foreign.run(question, left)
  }

  async insert(block: InsertBlock): Promise<void> {
    if (block.rows === 0) return
    const file = join(this.#insertFiles, `${ownPrefix}${nextFile++}.native`)
    await writePieces(file, block.native)
    try {
      const sql = insertFileStatement(this, block, file)
      await this.#writers.run({ sql })
    } finally {
      await unlink(file)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#writers.close(), this.#readers.close(), this.#foreign.close()])
    await this.#letGo()
  }
}

type Chdb = typeof chdbModule

/**
 * Views are planned as if their statement stood in their place: 1.04 times the CPU of a look-up in the table itself instead of
 * 1.25. Not for servers, whose releases may not know the setting.
 */
const sessionSettings = { ...querySettings, analyzer_inline_views: 1 } as const

function openSession(chdb: Chdb, directory: string): ChdbSession {
  try {
    const connectionArgs = Object.entries(sessionSettings).map(([name, value]) => `--${name}=${value}`)
    return new ChdbSession(new chdb.Session(directory, { connectionArgs }))
  } catch (error) {
    throw openingError(error, directory)
  }
}

/** chDB says no more than that it failed; why (code 76, a locked directory) it prints to stderr. */
function openingError(error: unknown, directory: string): ExperienceError {
  const unavailable = (message: string): ExperienceError =>
    new ExperienceError('Unavailable', message, { retryable: false, cause: error })
  if (error instanceof Error && error.message.includes('only one active data directory')) {
    return unavailable(
      `this process already has another chDB data directory open, and can have only one; it asked for ${directory}`,
    )
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return unavailable(`the data directory ${directory} cannot be written: give this user the right, or use another`)
  }
  return new DirectoryInUse(directory, undefined, error)
}

async function writePieces(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'w')
  try {
    const { bytesWritten } = await handle.writev(pieces)
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    // A disk that is full, or more than 2 GiB: the rest goes the slow way, or fails.
    if (bytesWritten < bytes) await handle.writeFile(Buffer.concat(pieces).subarray(bytesWritten))
  } finally {
    await handle.close()
  }
}

/** Process ids come again, in containers at every start. */
const ownPrefix = `${randomBytes(6).toString('hex')}-`
let nextFile = 0

/**
 * Rows wait in files for the engine to read them. They lie inside the data directory, whose lock keeps other processes
 * out: what a killed process left there is removed at the next start.
 */
async function clearInsertFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const leftovers = (await readdir(directory)).filter((name) => !name.startsWith(ownPrefix))
  await Promise.all(leftovers.map((name) => unlink(join(directory, name))))
}
