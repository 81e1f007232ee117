import { batchSteps } from './batch-steps.ts'
import { committed, commitText, inserted, rowsText, type Next } from './changes.ts'
import { NO_TOKEN, type Batch, type Range, type State } from './state.ts'
import type { World } from './world.ts'

/** All that can happen. A crash is a new membership, after which the batch goes away. */
export function steps(world: World, state: State, next: Next): void {
  const { chances } = world
  for (const [at, batch] of state.batches.entries()) {
    batchSteps(world, state, at, (after, label) => next(after, () => `${nameOf(batch)}: ${label()}`))
  }
  begin(world, state, next)
  if (chances.handOvers) handOver(world, state, next)
  for (const [at, flight] of state.flights.entries()) {
    const without = { ...state, flights: state.flights.toSpliced(at, 1) }
    const name = (): string => `insert of ${rowsText(world, flight.rows)} under T${flight.token}`
    next(inserted(world, without, flight), () => `late ${name()} lands`)
    if (chances.lostParts) next(inserted(world, without, flight, true), () => `late ${name()} takes the token only`)
    next(without, () => `${name()} is lost`)
  }
  forget(world, state, next)
  for (const [at, commit] of state.late.entries()) {
    const after = committed({ ...state, late: state.late.toSpliced(at, 1) }, commit.partition, commit)
    next(after, () => `late commit of p${commit.partition} is handled: ${commitText(commit)}`)
  }
}

/** A batch of whatever the log hands over. Partitions left out may be other owners', slow, or unreadable. */
function begin(world: World, state: State, next: Next): void {
  if (state.batches.length === world.chances.batches) return
  const free = world.partitions.flatMap(({ length }, partition) => {
    const claim = state.claims[partition]!
    const isFree = !state.batches.some(({ ranges }) =>
      ranges.some((each) => each.valid && each.partition === partition),
    )
    return isFree && claim.offset < length && (state.waiting & (1 << partition)) === 0 ? [partition] : []
  })
  const extend = (ranges: readonly Range[], at: number): void => {
    if (at === free.length) {
      if (ranges.length > 0) beginWith(ranges)
      return
    }
    extend(ranges, at + 1)
    const partition = free[at]!
    const { offset: first, end, token } = state.claims[partition]!
    const { length } = world.partitions[partition]!
    const least = world.form.waitsForEnd ? Math.max(first + 1, end) : first + 1
    for (let to = world.chances.parts ? least : length; to <= length; to++) {
      const standing = world.form.skipsSettling ? { end: 0, token: NO_TOKEN } : { end, token }
      extend([...ranges, { partition, valid: true, first, next: to, ...standing, ...NOTHING_DONE }], at + 1)
    }
  }
  const beginWith = (ranges: readonly Range[]): void => {
    const step = ranges.some(({ token }) => token !== NO_TOKEN) ? 'settle' : 'look'
    const batch: Batch = { step, token: NO_TOKEN, rows: 0, table: 0, inserted: 0, ranges }
    next({ ...state, batches: [...state.batches, batch] }, () => `batch of ${nameOf(batch)}`)
  }
  extend([], 0)
}

const NOTHING_DONE = { kept: false, intent: 'none', trusted: false } as const

/** Claims are made anew, all at once. */
function handOver(world: World, state: State, next: Next): void {
  const all = (1 << world.partitions.length) - 1
  for (let which = world.form.keepsClaims ? 1 : all; which <= all; which++) {
    next(withNewClaims(state, which), () => {
      const names = world.partitions.flatMap((_, at) => ((which & (1 << at)) === 0 ? [] : [`p${at}`]))
      return `new membership, with new claims on ${names.join(' ')}`
    })
  }
}

function withNewClaims(state: State, which: number): State {
  const isOld = (partition: number): boolean => (which & (1 << partition)) !== 0
  return {
    ...state,
    claims: state.claims.map((claim, at) => (isOld(at) ? state.commits[at]! : claim)),
    waiting: state.waiting & ~which,
    late: state.late.filter(({ partition }) => !isOld(partition)),
    batches: state.batches.map((batch) => ({
      ...batch,
      ranges: batch.ranges.map((range) => (isOld(range.partition) ? { ...range, valid: false } : range)),
    })),
  }
}

function forget(world: World, state: State, next: Next): void {
  const { forgets } = world.chances
  if (forgets === 'never') return
  const isUsed = (token: number): boolean =>
    state.flights.some((flight) => flight.token === token) ||
    state.batches.some(
      (batch) => batch.token === token || batch.ranges.some((range) => !range.valid && range.token === token),
    )
  for (let bit = 1; bit > 0 && bit <= state.taken; bit <<= 1) {
    const token = Math.floor((31 - Math.clz32(bit)) / world.tables.length)
    if ((state.taken & bit) === 0 || (forgets === 'unused' && isUsed(token))) continue
    next({ ...state, taken: state.taken & ~bit }, () => `T${token} is forgotten`)
  }
}

function nameOf({ ranges }: Batch): string {
  const owner = ranges.every(({ valid }) => !valid) ? 'former owner of ' : ''
  return owner + ranges.map(({ partition, first, next }) => `p${partition}[${first},${next})`).join(' ')
}
