import { NO_TOKEN, tokenBit, type Commit, type Flight, type State } from './state.ts'
import type { World } from './world.ts'

/** Told of each state that may come next, and by what. */
export type Next = (state: State, label: () => string) => void

/** What the server makes of an insert: all of it, or nothing where the token is taken. */
export function inserted(world: World, state: State, flight: Flight, isLost = false): State {
  const bit = tokenBit(world, flight)
  if ((state.taken & bit) !== 0) return state
  const rows = isLost ? 0 : flight.rows
  return {
    ...state,
    taken: state.taken | bit,
    stored: state.stored | rows,
    doubled: state.doubled | (state.stored & rows),
  }
}

export function committed(state: State, partition: number, { offset, end, token }: Commit): State {
  return { ...state, commits: state.commits.with(partition, { offset, end, token }) }
}

export function commitText({ offset, end, token }: Commit): string {
  return token === NO_TOKEN ? `${offset}` : `${offset} with {${end}, T${token}}`
}

export function rowsText({ partitions }: World, rows: number): string {
  const names = partitions.flatMap(({ base, length }, partition) =>
    Array.from({ length }, (_, at) => ((rows & (1 << (base + at))) === 0 ? '' : `p${partition}/${at}`)),
  )
  return names.filter((name) => name !== '').join(' ')
}
