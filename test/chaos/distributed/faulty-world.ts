import type { Stack } from '../../../stack/start-stack.ts'
import type { Child } from '../processes/child.ts'
import type { ServedSlot } from '../served/served-slot.ts'
import type { ProjectorSlot } from './projector-slot.ts'

/** A projector that is silent for so long loses its partitions. Shorter than the default, so that more fits into an hour. */
export const SESSION_MS = 6000
const MOST_PROJECTORS = 4

/** What faults are done to. */
export interface FaultyWorld {
  readonly stack: Stack
  readonly projectors: readonly ProjectorSlot[]
  readonly served: ServedSlot
  readonly writers: readonly Child[]
  /** Topics that the present round writes to, the busiest first. */
  readonly tenants: readonly (string | null)[]
  addProjector(): Promise<void>
  sendOldEvents(choice: number, clockOffsetMs: number): boolean
}

/** The projectors that a fault can hit. */
export function workingProjectors({ projectors }: FaultyWorld): ProjectorSlot[] {
  return projectors.filter(({ child }) => child.isReady && !child.isStopped)
}

/** Starts one more projector; null when as many as there may be run already. */
export async function oneMoreProjector(world: FaultyWorld): Promise<ProjectorSlot | null> {
  if (world.projectors.length < MOST_PROJECTORS) {
    await world.addProjector()
    return world.projectors.at(-1) ?? null
  }
  const idle = world.projectors.find(({ child }) => !child.isRunning)
  idle?.child.start()
  return idle ?? null
}
