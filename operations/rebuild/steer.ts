import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { generation } from '../../projections/generations/generation.ts'
import type { RebuildScope } from '../log/operation.ts'
import { OperationsLog } from '../log/operations-log.ts'
import { becomesIdle, isAtWork, type ExclusiveParts } from './exclusively.ts'
import { generationsState, latestReadModel, type OpenRebuild } from './generations-state.ts'
import { progressOf } from './rebuild-progress.ts'

type Log = Pick<TenantLog, 'log' | 'topics'>

/** How far the open rebuild is, or that there is none. Counts are records of the log. */
export type RebuildStatus =
  | { readonly status: 'none' }
  | {
      readonly status: 'paused' | 'running' | 'stopped'
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
    status: isRunning ? (open.isPaused ? 'paused' : 'running') : 'stopped',
    generation: open.generation,
    scope: open.scope,
    started_at: open.startedAt,
    started_by: open.startedBy,
    done: progress.done,
    to_do: progress.total - progress.done,
    tenants: progress.behind.map(({ tenant, done, total }) => ({ tenant, done, to_do: total - done })),
  }
}

/**
 * Lets the process that rebuilds begin no further range; without one, the rebuild rests until it is resumed. Returns the generation.
 * Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function pauseRebuild(log: Log, database: string): Promise<string> {
  return (await steer(log, database, 'RebuildPaused')).generation
}

/**
 * Lets the process that rebuilds continue. Returns the generation, and whether nobody is at work: then the caller has to
 * rebuild. Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function resumeRebuild(parts: ExclusiveParts, database: string): Promise<Steered> {
  const { generation: id } = await steer(parts, database, 'RebuildResumed')
  return { generation: id, isIdle: await becomesIdle(parts) }
}

/**
 * Ends the open rebuild for good. Whoever rebuilds removes what was built; where nobody does, the caller has to prune the generation.
 * Errors: `NotFound`, `Unavailable`, `StorageError`.
 */
export async function abandonRebuild(parts: ExclusiveParts, database: string): Promise<Steered> {
  const { generation: id } = await steer(parts, database, 'RebuildAbandoned')
  return { generation: id, isIdle: await becomesIdle(parts) }
}

export interface Steered {
  readonly generation: string
  readonly isIdle: boolean
}

async function steer(
  { log, topics }: Log,
  database: string,
  type: 'RebuildPaused' | 'RebuildResumed' | 'RebuildAbandoned',
): Promise<OpenRebuild> {
  const found = await findOpen({ log, topics }, database)
  if (found === null) throw new ExperienceError('NotFound', 'no rebuild is open')
  const { operations, readModel, open } = found
  await operations.append({ type, read_model: readModel, generation: open.generation })
  return open
}

interface Found {
  readonly operations: OperationsLog
  readonly readModel: string
  readonly open: OpenRebuild
}

/** The rebuild that is open, by the log alone: its read model may be embedded in the process that rebuilds. */
async function findOpen({ log, topics }: Log, database: string): Promise<Found | null> {
  const operations = new OperationsLog(log, topics)
  const logged = await operations.read()
  const readModel = latestReadModel(logged, database)
  const open = readModel === null ? null : generationsState(logged, readModel).rebuild
  return open === null || readModel === null ? null : { operations, readModel, open }
}
