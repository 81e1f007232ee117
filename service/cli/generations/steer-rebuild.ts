import { isAtWork } from '../../../consumers/rebuild/exclusively.ts'
import { generationsState, latestReadModel, type OpenRebuild } from '../../../consumers/rebuild/generations-state.ts'
import { progressOf } from '../../../consumers/rebuild/rebuild-progress.ts'
import { projectorGroup } from '../../../consumers/generation-group.ts'
import { OperationsLog } from '../../../log/operations/operations-log.ts'
import { generation } from '../../../projections/generation.ts'
import { listGenerations } from '../../../projections/generations.ts'
import { ExperienceError } from '../../../schemas/experience-error.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import { withLog, withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../json-line.ts'
import { rebuildProjections } from './rebuild-projections.ts'

interface Found {
  readonly operations: OperationsLog
  readonly readModel: string
  readonly open: OpenRebuild
}

/** The rebuild that is open, by the log alone: its read model may be embedded in the process that rebuilds. */
async function findOpen({ log, topics }: OpenLog): Promise<Found | null> {
  const operations = new OperationsLog(log, topics)
  const logged = await operations.read()
  const readModel = latestReadModel(logged)
  const open = readModel === null ? null : generationsState(logged, readModel).rebuild
  return open === null || readModel === null ? null : { operations, readModel, open }
}

async function requireOpen(log: OpenLog): Promise<Found> {
  const found = await findOpen(log)
  if (found === null) throw new ExperienceError('NotFound', 'no rebuild is open')
  return found
}

/** Prints how far the open rebuild is, or that there is none. */
export async function rebuildStatus(context: CommandContext): Promise<number> {
  return withLog(context, async (log) => {
    const found = await findOpen(log)
    if (found === null) {
      await writeLine(context.stdout, jsonLine({ status: 'none' }))
      return EXIT.done
    }
    const { open } = found
    const isRunning = await isAtWork(log)
    const progress = await progressOf(log.log, log.topics, projectorGroup(log.topics, generation(open.generation)))
    const status = {
      status: isRunning ? (open.isPaused ? 'paused' : 'running') : 'stopped',
      generation: open.generation,
      scope: open.scope,
      started_at: open.startedAt,
      started_by: open.startedBy,
      done: progress.done,
      to_do: progress.total - progress.done,
      tenants: progress.behind.map(({ tenant, done, total }) => ({ tenant, done, to_do: total - done })),
    }
    await writeLine(context.stdout, jsonLine(status))
    return EXIT.done
  })
}

/** Lets the process that rebuilds begin no further range. Error: `NotFound`. */
export async function pauseRebuild(context: CommandContext): Promise<number> {
  return withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(log)
    await operations.append({ type: 'RebuildPaused', read_model: readModel, generation: open.generation })
    await writeLine(context.stdout, jsonLine({ generation: open.generation, paused: true }))
    return EXIT.done
  })
}

/** Lets the process that rebuilds go on, or goes on here where there is none. Error: `NotFound`. */
export async function resumeRebuild(context: CommandContext): Promise<number> {
  const goesOn = await withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(log)
    await operations.append({ type: 'RebuildResumed', read_model: readModel, generation: open.generation })
    if (!(await isAtWork(log))) return false
    await writeLine(context.stdout, jsonLine({ generation: open.generation, paused: false }))
    return true
  })
  return goesOn ? EXIT.done : rebuildProjections(context, { scope: null, acceptDeadLetters: false })
}

/** Ends the open rebuild for good; who rebuilds removes what was built, else this does. Error: `NotFound`. */
export async function abandonRebuild(context: CommandContext): Promise<number> {
  const { id, isRunning } = await withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(log)
    await operations.append({ type: 'RebuildAbandoned', read_model: readModel, generation: open.generation })
    return { id: open.generation, isRunning: await isAtWork(log) }
  })
  await writeLine(context.stdout, jsonLine({ generation: id, abandoned: true }))
  if (isRunning) return EXIT.done
  return withService(context, async (service) => {
    const known = await listGenerations(service.readModel.store)
    if (known.some((each) => each.generation.id === id)) await (await service.beginMaintenance()).prune([id], context)
    return EXIT.done
  })
}
