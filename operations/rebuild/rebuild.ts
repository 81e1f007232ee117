import type { RebuildScope } from '../log/operation.ts'
import { generation, newGenerationId, type Generation } from '../../projections/generations/generation.ts'
import { createGeneration, dropGeneration } from '../../projections/generations/generations.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { projectorGroup, seedGroup } from '../../consumers/generation-group.ts'
import { ProjectionProgress, upToHeld } from '../../consumers/projection-progress.ts'
import type { Difference } from '../verify/difference.ts'
import { checkRights } from '../rights/check-rights.ts'
import { verify } from '../verify/verify.ts'
import { BuildingProjector } from './building-projector.ts'
import { discard } from './discard.ts'
import { exclusively, requireIdle, type CheckStillOurs, type ExclusiveParts, type Say } from './exclusively.ts'
import { eventsBeforeLog } from './events-before-log.ts'
import { finishSwitch, type SwitchParts } from './finish-switch.ts'
import { generationsState, type GenerationsState, type OpenRebuild } from './generations-state.ts'
import { handOver, type HandOverParts } from './hand-over.ts'
import { lostEvents } from './lost-events.ts'
import { RebuildWatch, type ReportProgress } from './rebuild-watch.ts'
import { seed, seededOffsets } from './seed.ts'
import { checkScope, isRebuilt, selectionOf } from './scope-selection.ts'

export interface RebuildParts extends SwitchParts, ExclusiveParts {
  readonly report: ReportProgress
}

export interface RebuildOptions {
  /** Null: that of the rebuild that is open. */
  readonly scope: RebuildScope | null
  /** Switch also where events of the live generation are dead letters in the new one. */
  readonly acceptDeadLetters: boolean
  /** Switch also where the log lost its beginning, and with it events that the live generation still has. Default: false. */
  readonly acceptLostEvents?: boolean
}

export interface RebuildResult {
  readonly generation: Generation
  /** Events of the log that it was proved against, each counted once. */
  readonly events: number
  /** Why readers were not switched. */
  readonly differences: readonly Difference[]
  /** Which options let it switch in spite of some of the differences. */
  readonly allowedBy: readonly ('acceptDeadLetters' | 'acceptLostEvents')[]
  readonly switched: boolean
}

/**
 * Builds the next generation beside the live one, proves it, and switches readers to it; or goes on with the rebuild that was
 * interrupted. Where the proof fails, readers stay where they are, and the generation stays to be looked at. Errors:
 * `InvalidQuery` (an open rebuild has another scope), `Interrupted` (stopped or abandoned), `Unavailable` (another process is at
 * work, servers), `StorageError` (also for want of a right, before anything is begun).
 */
export async function rebuild(parts: RebuildParts, options: RebuildOptions): Promise<RebuildResult> {
  await checkRights(parts, 'rebuild')
  const open = await openRebuild(parts, options.scope)
  return exclusively(parts, (check, say) => build(parts, open, options, { check, say }))
}

async function stateNow({ operations, readModel }: HandOverParts): Promise<GenerationsState> {
  return generationsState(await operations.read(), readModel)
}

async function openRebuild(parts: RebuildParts, wanted: RebuildScope | null): Promise<OpenRebuild> {
  const { store, operations, readModel } = parts
  const { rebuild: open } = await stateNow(parts)
  if (open !== null) {
    if (wanted !== null && JSON.stringify(wanted) !== JSON.stringify(open.scope)) throw otherScope(open)
    return open
  }
  if (wanted === null) throw new ExperienceError('NotFound', 'no rebuild is open')
  const scope = wanted
  await checkScope(parts, scope)
  await requireIdle(parts)
  const id = newGenerationId()
  await operations.append({
    type: 'RebuildStarted',
    read_model: readModel,
    database: store.database,
    generation: id,
    scope,
  })
  const { rebuild: first } = await stateNow(parts)
  if (first === null || first.generation !== id) {
    const message = `another rebuild (generation ${first?.generation}) was started at the same moment: see "experience-log rebuild status"`
    throw new ExperienceError('Unavailable', message)
  }
  return first
}

async function build(
  parts: RebuildParts,
  open: OpenRebuild,
  options: RebuildOptions,
  { check, say }: { readonly check: CheckStillOurs; readonly say: Say },
): Promise<RebuildResult> {
  const { operations, readModel, report } = parts
  const building = generation(open.generation)
  const { scope } = open
  // Whoever was at work before may have done it all.
  const { rebuild: current } = await stateNow(parts)
  if (current?.generation !== building.id) throw ended(building)
  await finishSwitch(parts)
  // Whoever asks for it here wants it to go on.
  if (current.isPaused)
    await operations.append({ type: 'RebuildResumed', read_model: readModel, generation: building.id })
  if (!current.isSeeded) {
    report({ phase: 'copying', generation: building.id, progress: null })
    await prepare(parts, building, scope, check)
  }
  const selection = selectionOf(scope, parts.topics, await seededOffsets(parts, building))
  const projector = new BuildingProjector(parts, building, selection, parts.limits)
  const watch = new RebuildWatch({ ...parts, say }, building, projector)
  try {
    await watch.until(watch.caughtUp())
    report({ phase: 'verifying', generation: building.id, progress: null })
    const live = await parts.live()
    const proof = await watch.until(prove(parts, building, scope, watch.over))
    const switches = scope.range === null
    const refused = options.acceptDeadLetters || !switches ? [] : await lostEvents(parts.store, live, building)
    const lost = options.acceptLostEvents === true || !switches ? [] : await eventsBeforeLog(parts, live, building)
    const result: Omit<RebuildResult, 'switched'> = {
      generation: building,
      events: proof.events,
      differences: [...proof.differences, ...refused, ...lost],
      allowedBy: [
        ...(refused.length > 0 ? (['acceptDeadLetters'] as const) : []),
        ...(lost.length > 0 ? (['acceptLostEvents'] as const) : []),
      ],
    }
    if (result.differences.length > 0) {
      const differences = result.differences.length
      await operations.append({ type: 'RebuildDiffered', read_model: readModel, generation: building.id, differences })
      return { ...result, switched: false }
    }
    // A generation that rests cannot catch up, and readers would see nothing new until the switch is taken back.
    while (projector.isPaused) {
      await watch.until(projector.whenResumed())
      await watch.until(watch.caughtUp())
    }
    await check()
    if (scope.range !== null) {
      await operations.append({ type: 'SideTableCompleted', read_model: readModel, generation: building.id })
      return { ...result, switched: false }
    }
    report({ phase: 'switching', generation: building.id, progress: null })
    watch.end()
    await handOver(parts, { from: live, to: building, because: 'rebuild', timeoutMs: parts.handOverMs })
    return { ...result, switched: true }
  } finally {
    watch.end()
    await projector.stop()
    if ((await stateNow(parts)).statuses.get(building.id) === 'abandoned') await discard(parts, building)
  }
}

/** Makes the tables anew, also where an earlier process was interrupted here, and copies what is not rebuilt. */
async function prepare(
  parts: RebuildParts,
  building: Generation,
  scope: RebuildScope,
  check: CheckStillOurs,
): Promise<void> {
  const { log, topics, store, operations, readModel } = parts
  await check()
  await dropGeneration(store, building)
  await log.deleteGroup(projectorGroup(topics, building))
  await log.deleteGroup(seedGroup(topics, building))
  await createGeneration(store, building)
  await seed(parts, await parts.live(), building, scope)
  await check()
  await operations.append({ type: 'RebuildSeeded', read_model: readModel, generation: building.id })
}

/** Compares what was built with the log as it stands now; with held topics, up to where they are held. */
async function prove(
  parts: RebuildParts,
  building: Generation,
  scope: RebuildScope,
  over: AbortSignal,
): Promise<{ readonly events: number; readonly differences: readonly Difference[] }> {
  const { log, topics, holds } = parts
  const group = projectorGroup(topics, building)
  const progress = new ProjectionProgress(log, topics, async () => group, holds)
  const endOfLog = await progress.endOfLog()
  const end = upToHeld(endOfLog, await progress.reach(endOfLog, over))
  // What is copied of a log that lost its beginning is as good as it was: nothing can prove it.
  const options = { among: 'all', leavesLostBeginnings: true } as const
  if (scope.range === null) return verify({ ...parts, generation: building, group }, end, options)
  const selection = selectionOf(scope, topics, () => {
    throw new TypeError('a side table is not seeded')
  })
  const within = end.filter(({ topic }) => isRebuilt(scope, topics, topic, 'events'))
  return verify({ ...parts, generation: building, group, selection }, within, options)
}

function otherScope({ generation: id, scope, startedBy, startedAt }: OpenRebuild): ExperienceError {
  const message =
    `a rebuild with another scope is open (generation ${id}, ${JSON.stringify(scope)}, started by ${startedBy} at ${startedAt}): ` +
    'go on with it by "experience-log rebuild resume", or end it by "experience-log rebuild abandon"'
  return new ExperienceError('InvalidQuery', message, { field: 'scope' })
}

function ended({ id }: Generation): ExperienceError {
  return new ExperienceError(
    'Interrupted',
    `the rebuild of generation ${id} was abandoned, or another process finished it`,
  )
}
