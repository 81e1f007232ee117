import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { generation } from '../../projections/generations/generation.ts'
import type { RebuildScope } from '../log/operation.ts'
import { OperationsLog } from '../log/operations-log.ts'
import { pause } from '../../base/waiting.ts'
import type { Offset } from '../../base/position.ts'
import { becomesIdle, isAtWork, lastSaid, type ExclusiveParts } from './exclusively.ts'
import { generationsState, latestReadModel, type OpenRebuild } from './generations-state.ts'
import { heedOf } from './heed.ts'
import type { RebuildOptions } from './rebuild.ts'
import { progressOf } from './rebuild-progress.ts'

type Log = Pick<TenantLog, 'log' | 'topics'>

/** How far the open rebuild is, or that there is none. Counts are records of the log. */
export type RebuildStatus =
  | { readonly status: 'none' }
  | {
      readonly status: 'pausing' | 'paused' | 'running' | 'stopped'
      readonly generation: string
      readonly scope: RebuildScope
      readonly started_at: string
      readonly started_by: string
      readonly done: number
      readonly to_do: number
      readonly tenants: readonly { readonly tenant: string; readonly done: number; readonly to_do: number }[]
    }

/** How far the open rebuild of a database is. Errors: `Unavailable`, `StorageError`. */
export async function rebuildStatus({ log, topics }: Log, database: string): Promise<RebuildStatus> {
  const open = (await findOpen({ log, topics }, database))?.open
  if (open === undefined) return { status: 'none' }
  const isRunning = await isAtWork({ log, topics })
  const progress = await progressOf(log, topics, projectorGroup(topics, generation(open.generation)))
  return {
    status: isRunning ? await statusAtWork({ log, topics }, open) : 'stopped',
    generation: open.generation,
    scope: open.scope,
    started_at: open.startedAt,
    started_by: open.startedBy,
    done: progress.done,
    to_do: progress.total - progress.done,
    tenants: progress.behind.map(({ tenant, done, total }) => ({ tenant, done, to_do: total - done })),
  }
}

/** What the process that rebuilds does. It is paused once the ranges that were under way are finished. */
async function statusAtWork(log: Log, { generation: id, isPaused }: OpenRebuild): Promise<RebuildStatus['status']> {
  if (!isPaused) return 'running'
  return heedOf(await lastSaid(log), id)?.isResting === true ? 'paused' : 'pausing'
}

/**
 * Lets the process that rebuilds begin no further range; without one, the rebuild rests until it is resumed. Returns the generation.
 * `by`, here and below, as in `OperationsLog`. Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function pauseRebuild(log: Log, database: string, by?: string): Promise<string> {
  return (await steer(log, database, 'RebuildPaused', by)).open.generation
}

/**
 * Lets the process that rebuilds continue. Returns the generation, and who does what is left: the caller, where nobody is at
 * work. Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function resumeRebuild(parts: ExclusiveParts, database: string, by?: string): Promise<Steered> {
  const steered = await steer(parts, database, 'RebuildResumed', by)
  const { generation: id } = steered.open
  if ((await answerTo(parts, steered)) === 'heeded') return { generation: id, isLeftTo: 'another' }
  // Whoever was at work may have ended it meanwhile.
  const { rebuild, statuses } = generationsState(await steered.operations.read(), steered.readModel)
  if (statuses.get(id) === 'abandoned') throw noneOpen()
  if (rebuild?.generation !== id) return { generation: id, isLeftTo: 'nobody' }
  return { generation: id, isLeftTo: (await isAtWork(parts)) ? 'another' : 'caller' }
}

/** Error: `Unavailable`, where somebody gave options to a rebuild that another process does, which has its own. */
export function checkOwnOptions(id: string, options: Omit<RebuildOptions, 'scope'>): void {
  if (!options.acceptDeadLetters && options.acceptLostEvents !== true) return
  const message = `generation ${id} is being rebuilt by another process, with its own options: resume with yours after it has ended`
  throw new ExperienceError('Unavailable', message)
}

/**
 * Ends the open rebuild for good. Whoever rebuilds removes what was built; where nobody does, the caller has to prune the generation.
 * Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function abandonRebuild(parts: ExclusiveParts, database: string, by?: string): Promise<Steered> {
  const steered = await steer(parts, database, 'RebuildAbandoned', by)
  const answer = await answerTo(parts, steered)
  if (answer === 'heeded') await becomesIdle({ ...parts, onWait: () => {} })
  return { generation: steered.open.generation, isLeftTo: answer === 'nobody' ? 'caller' : 'another' }
}

export interface Steered {
  readonly generation: string
  /** Who does what was asked for: another process, the caller, or nobody where it is done. */
  readonly isLeftTo: 'another' | 'caller' | 'nobody'
}

interface Found {
  readonly operations: OperationsLog
  readonly readModel: string
  readonly open: OpenRebuild
}

async function steer(
  { log, topics }: Log,
  database: string,
  type: 'RebuildPaused' | 'RebuildResumed' | 'RebuildAbandoned',
  by: string | undefined,
): Promise<Found & { readonly upTo: Offset }> {
  const found = await findOpen({ log, topics }, database, by)
  if (found === null) throw noneOpen()
  const { operations, readModel, open } = found
  const upTo = await operations.append({ type, read_model: readModel, generation: open.generation })
  return { ...found, upTo }
}

const LOOK_MS = 100
/** A living process heeds an operation within half a second, unless it copies or switches. */
const SILENT_MS = 2000

/**
 * Waits for the process at work to heed an operation. It may have been killed: then nobody is at work, at the latest when the log
 * has noticed.
 */
async function answerTo(
  parts: ExclusiveParts,
  { upTo, open }: { readonly upTo: Offset; readonly open: OpenRebuild },
): Promise<'heeded' | 'nobody' | 'silence'> {
  const begunAt = performance.now()
  let isTold = false
  for (;;) {
    // In this order: who has heeded it may have ended since.
    const isWorking = await isAtWork(parts)
    const heed = heedOf(await lastSaid(parts), open.generation)
    if (heed !== null && heed.upTo >= upTo) return 'heeded'
    if (!isWorking) return 'nobody'
    const waited = performance.now() - begunAt
    if (parts.stopped.aborted || waited >= parts.deadMemberMs) return 'silence'
    if (!isTold && waited >= SILENT_MS) parts.onWait()
    isTold ||= waited >= SILENT_MS
    await pause(LOOK_MS, parts.stopped)
  }
}

function noneOpen(): ExperienceError {
  return new ExperienceError('NotFound', 'no rebuild is open')
}

/** The rebuild that is open, by the log alone: its read model may be embedded in the process that rebuilds. */
async function findOpen({ log, topics }: Log, database: string, by?: string): Promise<Found | null> {
  const operations = new OperationsLog(log, topics, by)
  const logged = await operations.read()
  const readModel = latestReadModel(logged, database)
  const open = readModel === null ? null : generationsState(logged, readModel).rebuild
  return open === null || readModel === null ? null : { operations, readModel, open }
}
