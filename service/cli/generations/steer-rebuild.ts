import { becomesIdle, isAtWork, type ExclusiveParts } from '../../../operations/rebuild/exclusively.ts'
import { generationsState, latestReadModel, type OpenRebuild } from '../../../operations/rebuild/generations-state.ts'
import { progressOf } from '../../../operations/rebuild/rebuild-progress.ts'
import { projectorGroup } from '../../../consumers/generation-group.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { generation } from '../../../projections/generations/generation.ts'
import { listGenerations } from '../../../projections/generations/generations.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import { withLog, withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../terminal/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'
import { rebuildProjections } from './rebuild-projections.ts'

interface Found {
  readonly operations: OperationsLog
  readonly readModel: string
  readonly open: OpenRebuild
}

/** The rebuild that is open, by the log alone: its read model may be embedded in the process that rebuilds. */
async function findOpen({ settings }: CommandContext, { log, topics }: OpenLog): Promise<Found | null> {
  const operations = new OperationsLog(log, topics)
  const logged = await operations.read()
  const readModel = latestReadModel(logged, settings.CLICKHOUSE_DATABASE)
  const open = readModel === null ? null : generationsState(logged, readModel).rebuild
  return open === null || readModel === null ? null : { operations, readModel, open }
}

async function requireOpen(context: CommandContext, log: OpenLog): Promise<Found> {
  const found = await findOpen(context, log)
  if (found === null) throw new ExperienceError('NotFound', 'no rebuild is open')
  return found
}

/** Prints how far the open rebuild is, or that there is none. */
export async function rebuildStatus(context: CommandContext): Promise<number> {
  return withLog(context, async (log) => {
    const found = await findOpen(context, log)
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

/** Lets the process that rebuilds begin no further range; without one, the rebuild rests until it is resumed. Error: `NotFound`. */
export async function pauseRebuild(context: CommandContext): Promise<number> {
  return withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(context, log)
    await operations.append({ type: 'RebuildPaused', read_model: readModel, generation: open.generation })
    await writeLine(context.stdout, jsonLine({ generation: open.generation, paused: true }))
    return EXIT.done
  })
}

/** Lets the process that rebuilds go on, or goes on here where there is none. Error: `NotFound`. */
export async function resumeRebuild(context: CommandContext): Promise<number> {
  const id = await withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(context, log)
    await operations.append({ type: 'RebuildResumed', read_model: readModel, generation: open.generation })
    return (await becomesIdle(waiting(context, log))) ? null : open.generation
  })
  if (id === null) return rebuildProjections(context, { scope: null, acceptDeadLetters: false })
  await writeLine(context.stdout, jsonLine({ generation: id, paused: false }))
  return EXIT.done
}

/** Ends the open rebuild for good; who rebuilds removes what was built, else this does. Error: `NotFound`. */
export async function abandonRebuild(context: CommandContext): Promise<number> {
  const { id, isIdle } = await withLog(context, async (log) => {
    const { operations, readModel, open } = await requireOpen(context, log)
    await operations.append({ type: 'RebuildAbandoned', read_model: readModel, generation: open.generation })
    return { id: open.generation, isIdle: await becomesIdle(waiting(context, log)) }
  })
  if (isIdle) {
    await withService(context, async (service) => {
      const known = await listGenerations(service.readModel.store)
      if (!known.some((each) => each.generation.id === id)) return
      const maintenance = await service.beginMaintenance()
      await maintenance.prune([id], { stopped: context.stopped, onWait: waitNotice(context) })
    })
  }
  await writeLine(context.stdout, jsonLine({ generation: id, abandoned: true }))
  return EXIT.done
}

function waiting(context: CommandContext, { log, topics }: OpenLog): ExclusiveParts {
  const { settings, stopped } = context
  return { log, topics, stopped, deadMemberMs: deadMemberTimeout(settings), onWait: waitNotice(context) }
}
