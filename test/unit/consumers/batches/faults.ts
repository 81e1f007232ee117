import type { State } from './state.ts'
import { filtered, rowsBetween, type World } from './world.ts'

/** What must never be; null where all is well. */
export function faultOf(world: World, state: State): string | null {
  const { copies, partitions } = world
  for (const [partition, { offset }] of state.commits.entries()) {
    const lost = filtered(rowsBetween(world, partition, 0, offset), (row) => (copies[row]! & state.stored) === 0)
    if (lost !== 0) return `p${partition} is committed past a row that is not there`
  }
  // Copies at a later place may yet be deleted; those at the first place of their event never are.
  if (filtered(state.doubled, (row) => (copies[row]! & ((1 << row) - 1)) === 0) !== 0) return 'an event is there twice'
  if (!isQuiet(world, state)) return null
  const all = partitions.reduce((rows, { length }, at) => rows | rowsBetween(world, at, 0, length), 0)
  const wrong = filtered(all, (row) => {
    const found = copies[row]! & state.stored
    return found === 0 || (found & (found - 1)) !== 0 || (found & state.doubled) !== 0
  })
  return wrong === 0 ? null : 'all is quiet, and an event is there twice'
}

/** All is committed, and nothing is on its way. */
function isQuiet({ partitions }: World, { commits, claims, flights, late, batches }: State): boolean {
  const isCommitted = partitions.every(
    ({ length }, at) => commits[at]!.offset === length && commits[at]!.token === 0 && claims[at]!.offset === length,
  )
  return isCommitted && flights.length === 0 && late.length === 0 && batches.length === 0
}

/** Where all ways should lead in the end. */
export function isDone(world: World, state: State): boolean {
  return isQuiet(world, state) && faultOf(world, state) === null
}
