import { setTimeout as sleep } from 'node:timers/promises'
import { batchFaults, type BatchFault, type DistributedFault } from '../faults.ts'
import { withTimeout } from '../processes/with-timeout.ts'
import type { PlannedFault } from '../schedule.ts'
import { atInsert, atLook, killAndRestart, killAtInsert, letPass } from './at-statement.ts'
import { oneMoreProjector, SESSION_MS, workingProjectors, type FaultyWorld } from './faulty-world.ts'
import type { ProjectorSlot } from './projector-slot.ts'

/** The one that is hit, and two among whom its partitions are divided. */
const SHARING_PROJECTORS = 3
const START_LIMIT_MS = 600_000
/** A session has ended, and the group has divided the partitions anew. */
const TAKE_OVER_MS = SESSION_MS + 2000
/** Commits of a batch take milliseconds. */
const COMMITS_MS = 20

export function isBatchFault(kind: DistributedFault): kind is BatchFault {
  return (batchFaults as readonly DistributedFault[]).includes(kind)
}

/** How much longer than its plan says such a fault lasts, ms. */
export function extraMsOf(kind: DistributedFault): number {
  return isBatchFault(kind) ? TAKE_OVER_MS : 0
}

/** Does one fault to a batch between its first commit and its last. Answers false when there was nothing to do it to. */
export async function injectIntoBatch(
  world: FaultyWorld,
  { kind, forMs, choice }: PlannedFault<BatchFault>,
): Promise<boolean> {
  const working = workingProjectors(world)
  switch (kind) {
    case 'projector-killed-amid-intents':
      return atLook(working, async (look, { child }) => {
        await letPass(look)
        await sleep(COMMITS_MS * choice)
        await killAndRestart(child, forMs)
      })
    case 'projector-killed-amid-commits':
      return atInsert(working, async (insert, slot) => {
        await letPass(insert)
        // It looks whether the rows are there, and commits where to go on.
        await atLook([slot], letPass)
        await sleep(COMMITS_MS * choice)
        await killAndRestart(slot.child, forMs)
      })
    case 'insert-after-take-over-from-dead-projector':
      return atInsert(working, async (insert, { child }) => {
        await child.kill()
        await sleep(TAKE_OVER_MS + forMs)
        await insert.forward().finally(() => child.start())
      })
    case 'insert-after-take-over-answer-lost':
      return atInsert(working, async (insert, { child }) => {
        child.freeze()
        await sleep(TAKE_OVER_MS + forMs)
        await insert.forward().finally(() => {
          insert.breakOff()
          child.thaw()
        })
      })
    case 'batch-of-killed-taken-over-by-two':
      return killAtInsert(await sharingProjectors(world), TAKE_OVER_MS + forMs, (insert) =>
        choice < 0.5 ? insert.forward() : Promise.resolve(),
      )
    case 'batch-of-frozen-taken-over-by-two':
      return atInsert(await sharingProjectors(world), async (insert, { child }) => {
        child.freeze()
        await sleep(TAKE_OVER_MS + forMs)
        await letPass(insert).finally(() => child.thaw())
      })
    case 'insert-answer-lost-as-group-changes':
      return atInsert(working, async (insert, slot) => {
        await insert.forward()
        insert.breakOff()
        const other = workingProjectors(world).find((each) => each !== slot)
        if (other !== undefined) await killAndRestart(other.child, forMs)
      })
  }
}

/** The projectors, of which there are enough then. */
async function sharingProjectors(world: FaultyWorld): Promise<ProjectorSlot[]> {
  while (workingProjectors(world).length < SHARING_PROJECTORS) {
    const more = await oneMoreProjector(world)
    if (more === null) break
    await withTimeout(more.child.working(), START_LIMIT_MS, `${more.child.name} did not start`)
  }
  return workingProjectors(world)
}
