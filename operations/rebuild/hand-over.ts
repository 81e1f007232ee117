import type { Dependencies } from '../dependencies.ts'
import { HeldTopics } from '../holds/held-topics.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import { createViews, pointReadersAt } from '../../projections/views/create-views.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { checkNotInterrupted } from '../../base/interruption.ts'
import { pause } from '../../base/waiting.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { intentOf } from '../../consumers/batch/intent.ts'
import { ProjectionProgress } from '../../consumers/projection-progress.ts'

export type HandOverParts = Pick<Dependencies, 'log' | 'topics' | 'store' | 'operations' | 'readModel'>

export interface HandOver {
  readonly from: Generation
  readonly to: Generation
  readonly because: 'rebuild' | 'rollback'
  /** How long the projectors of `from` may take to leave it, ms. */
  readonly timeoutMs: number
}

export interface CarryOutParts extends HandOverParts {
  readonly stopped: AbortSignal
}

const LOOK_MS = 50

const LEFT_TO_PROJECTORS = 'the switch is decided: a running projector completes it, or the next one that starts'

/**
 * Makes projectors and readers leave one generation for another that is projected up to (nearly) the end of the log and goes on
 * being projected meanwhile:
 *
 * 1. the decision goes to the operations log; running projectors read it there, drain, and join the other generation's group;
 * 2. once the old group has no members, nothing is added to the old tables any more: when the new ones have all that
 *    the old ones can have, the views are moved in one step. No reader sees an event vanish.
 *
 * Whoever dies or is stopped in between leaves a decision that every projector completes (`completeHandOver`). Errors:
 * `Interrupted`; `Unavailable` where projectors do not leave in time, and the decision is then taken back.
 */
export async function handOver(parts: CarryOutParts, { because, ...decided }: HandOver): Promise<void> {
  const { from, to } = decided
  await parts.operations.append({
    type: 'GenerationSwitched',
    read_model: parts.readModel,
    from: from.id,
    to: to.id,
    because,
  })
  await carryOut(parts, decided)
}

/** Waits until readers were moved as decided, or takes the decision back. Errors: `Interrupted`, `Unavailable`. */
export async function carryOut(
  parts: CarryOutParts,
  { from, to, timeoutMs }: Omit<HandOver, 'because'>,
): Promise<void> {
  const { operations, readModel, stopped } = parts
  const deadline = performance.now() + timeoutMs
  while (!(await completeHandOver(parts, from, to))) {
    checkNotInterrupted(stopped, LEFT_TO_PROJECTORS)
    if (performance.now() > deadline) {
      await operations.append({
        type: 'GenerationSwitched',
        read_model: readModel,
        from: to.id,
        to: from.id,
        because: 'cancelled',
      })
      const message =
        `readers were not switched: after ${timeoutMs} ms generation ${from.id} still has projectors that do not follow, or ` +
        `generation ${to.id} has not caught up. Stop projectors of older releases and hung ones, and try again`
      throw new ExperienceError('Unavailable', message)
    }
    await pause(LOOK_MS, stopped)
  }
}

/** Moves readers if that is due; answers whether they have been moved. May be called by many at once. */
export async function completeHandOver(parts: HandOverParts, from: Generation, to: Generation): Promise<boolean> {
  const { log, topics, store } = parts
  if ((await log.groupMembers(projectorGroup(topics, from))) > 0) return false
  const targets = await reachedBy(parts, from)
  const lagging = await new ProjectionProgress(log, topics, async () => projectorGroup(topics, to)).lagBehind(targets)
  if (lagging.length > 0) return false
  await pointReadersAt(store, to)
  await createViews(store, to)
  return true
}

/** Up to where the tables of a generation without projectors may hold rows: inserts under way count as done, but those of held topics. */
async function reachedBy({ log, topics, operations, readModel }: HandOverParts, generation: Generation) {
  const held = new HeldTopics(await operations.read(), readModel)
  const names = await log.topics(topics.topicPrefix('events'))
  const committed = await log.committed(projectorGroup(topics, generation), names)
  return committed.map((each) => ({
    topic: each.topic,
    partition: each.partition,
    next: held.get(each.topic) === null ? (intentOf(each)?.next ?? each.offset) : each.offset,
  }))
}
