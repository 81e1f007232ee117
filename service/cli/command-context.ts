import type { Readable, Writable } from 'node:stream'
import { ExperienceError } from '../../base/experience-error.ts'
import { partitionText } from '../../base/position.ts'
import { checkNotInterrupted } from '../../base/interruption.ts'
import { unlessAborted } from '../../base/waiting.ts'
import { forgettingTopics } from '../../operations/doctor/forgetting-topics.ts'
import { holdNotice } from '../../operations/holds/hold-texts.ts'
import type { Settings } from '../settings.ts'
import { tracedObserver } from '../tracing/traced-observer.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'
import { Service } from '../wiring/service.ts'
import { jsonLine } from '../../schemas/json/json-line.ts'
import { textTable } from './terminal/text-table.ts'
import { write } from './terminal/write.ts'

/** What a command works with: settings, and the process's streams. */
export interface CommandContext {
  readonly settings: Settings
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Where paths begin. */
  readonly cwd: string
  /** What the process has open already, where it runs the command for another terminal. */
  readonly open: Service | null
  /** Aborts when the user asks the process to stop. */
  readonly stopped: AbortSignal
}

export type OutputFormat = 'json' | 'table'

/** Writes a line of the answer, waiting while the reader is slow. Errors: `ReaderGone`, and those of the stream. */
export function writeLine(stdout: Writable, line: string): Promise<void> {
  return write(stdout, `${line}\n`)
}

/** Prints rows as JSON lines, or as a table for people. */
export async function printRows(stdout: Writable, rows: readonly object[], format: OutputFormat): Promise<void> {
  if (format === 'table') return writeLine(stdout, textTable(rows))
  for (const row of rows) await writeLine(stdout, jsonLine(row))
}

/**
 * Opens the service for one command, on the log that is open if there is one, and closes it whatever happens. Notices and failing
 * ranges are reported on stderr. What the process has open already is lent to the command.
 */
export async function withService<T>(
  context: CommandContext,
  use: (service: Service) => Promise<T>,
  openedLog: OpenLog | null = null,
): Promise<T> {
  const service = context.open?.lend() ?? (await openService(context, openedLog))
  const { notice } = service.readModel
  if (notice !== null) context.stderr.write(`${notice}\n`)
  try {
    return await use(service)
  } finally {
    await service.close()
  }
}

function openService(context: CommandContext, openedLog: OpenLog | null): Promise<Service> {
  const tell = (line: string): void => void context.stderr.write(`${line}\n`)
  return Service.open(
    context.settings,
    tracedObserver({
      notProjected: (error, { first, next, ...partition }) => {
        const reason = error instanceof Error ? error.message : String(error)
        tell(`cannot project ${partitionText(partition)} ${first}..${next - 1n} and will try again: ${reason}`)
      },
      switched: (generation) => tell(`projecting into generation ${generation} from now on`),
      held: (_topic, notice) => tell(notice),
      released: (topic) => tell(`the topic ${topic} is no longer held`),
    }),
    openedLog,
  )
}

/** As `withService`, for what only reads: it ends when the user asks the process to stop. Error: `Interrupted`. */
export function withReader<T>(
  context: CommandContext,
  use: (service: Service) => Promise<T>,
  openedLog: OpenLog | null = null,
): Promise<T> {
  return withService(
    context,
    async (service) => {
      const answer = await unlessAborted(use(service), context.stopped)
      checkNotInterrupted(context.stopped, 'the answer is incomplete')
      return answer as T
    },
    openedLog,
  )
}

/** Says which topics are held already. Those that are held later are told of in any case. */
export async function tellHeldTopics({ stderr }: CommandContext, service: Service): Promise<void> {
  for (const held of await service.heldTopics()) stderr.write(`${holdNotice(held)}\n`)
}

/** Warns of topics that forget events. Where that cannot be seen, it says so: the command works without. */
export async function tellForgettingTopics({ stderr }: CommandContext, { log }: Service): Promise<void> {
  try {
    for (const line of await forgettingTopics(log)) stderr.write(`WARNING: ${line}\n`)
  } catch (error) {
    stderr.write(`WARNING: nothing tells whether topics forget: ${describeError(error)}\n`)
  }
}

/** Opens the log alone, which others may have open as well, for one command, and closes it whatever happens. */
export async function withLog<T>(context: CommandContext, use: (log: OpenLog) => Promise<T>): Promise<T> {
  if (context.open !== null) return use(context.open.log)
  const log = await openLog(context.settings)
  try {
    return await use(log)
  } finally {
    await log.close()
  }
}

/** Prints an error for people: never a stack trace. */
export function describeError(error: unknown): string {
  if (error instanceof ExperienceError) return `${error.code}: ${error.message}`
  // A full disk or too few file handles, say: not ours to mend, and not the fault of the input.
  if (error instanceof Error && 'syscall' in error) return `StorageError: ${error.message}`
  // lmdb rejects a promise of its own, which nobody can await, when a commit fails.
  if (error instanceof Error && 'commitError' in error)
    return 'StorageError: the embedded log could not be written: is the disk full?'
  return `internal error: ${error instanceof Error ? error.message : String(error)}`
}
