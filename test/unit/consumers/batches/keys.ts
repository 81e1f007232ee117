import { STEPS, tokenBit, NO_TOKEN, type Batch, type Commit, type Flight, type State } from './state.ts'
import type { World } from './world.ts'

const INTENTS = ['none', 'wanted', 'accepted'] as const

/**
 * Writes a state down so that states which differ in the names of tokens or in the order of batches and inserts mostly have one key. Leaves out
 * what can make no difference: a token that nobody can use any more, and an insert under a token that is taken, which is dropped
 * whenever it comes.
 */
export function keyOf(world: World, state: State): string {
  const bytes = new Bytes()
  const names: number[] = [NO_TOKEN]
  const named = (token: number): number => (token === NO_TOKEN ? NO_TOKEN : (names[token] ??= ++count))
  let count = 0
  const commit = ({ offset, end, token }: Commit): void => bytes.push((offset << 4) | end, named(token))

  for (const each of state.commits) commit(each)
  for (const each of state.claims) commit(each)
  bytes.push(state.waiting, state.batches.length)
  for (const batch of state.batches.toSorted(byShape)) {
    bytes.push(STEPS.indexOf(batch.step), named(batch.token), batch.rows, batch.table | (batch.inserted << 2))
    bytes.push(batch.ranges.length)
    for (const range of batch.ranges) {
      commit({ offset: range.first, end: range.end, token: range.token })
      bytes.push((range.partition << 4) | range.next, flagsOf(range))
    }
  }
  bytes.push(state.late.length)
  for (const late of state.late) {
    commit(late)
    bytes.push(late.partition)
  }
  const flights = state.flights.filter((flight) => isOfUse(world, state, flight))
  flights.sort((left, right) => (names[left.token] ?? 99) - (names[right.token] ?? 99) || left.rows - right.rows)
  const written = flights.map(({ token, rows }) => (named(token) << 8) | rows)
  written.sort((left, right) => left - right)
  const apart = written.filter((flight, at) => flight !== written[at - 1])
  bytes.push(apart.length)
  for (const flight of apart) bytes.push(flight >> 8, flight & 255)

  let taken = 0
  names.forEach((name, token) => {
    for (let table = 0; table < world.tables.length; table++)
      if ((state.taken & (1 << (token * world.tables.length + table))) !== 0)
        taken |= 1 << (name * world.tables.length + table)
  })
  bytes.push(state.stored, state.doubled, taken & 255, (taken >> 8) & 255, (taken >> 16) & 255, (taken >> 24) & 255)
  return bytes.text()
}

/** Collects bytes in memory that is used again for every key. */
class Bytes {
  static readonly #memory = Buffer.alloc(256)
  #length = 0

  push(...bytes: number[]): void {
    for (const byte of bytes) Bytes.#memory[this.#length++] = byte
  }

  text(): string {
    return Bytes.#memory.toString('latin1', 0, this.#length)
  }
}

/** With `any`, a token that is taken may be forgotten before the insert comes. */
function isOfUse(world: World, { taken }: State, flight: Flight): boolean {
  return world.chances.forgets === 'any' || (taken & tokenBit(world, flight)) === 0
}

function byShape(left: Batch, right: Batch): number {
  return shapeOf(left) - shapeOf(right)
}

function shapeOf({ step, rows, ranges }: Batch): number {
  const range = ranges[0]!
  const where = (range.partition << 2) | (ranges.length << 1) | (range.valid ? 1 : 0)
  return (((STEPS.indexOf(step) << 8) | rows) << 8) | (where << 4) | (range.first << 2) | range.next
}

function flagsOf({ valid, kept, intent, trusted }: Batch['ranges'][number]): number {
  return (valid ? 1 : 0) | (kept ? 2 : 0) | (trusted ? 4 : 0) | (INTENTS.indexOf(intent) << 3)
}

/** The state that a key was written of. */
export function stateOf(world: World, key: string): State {
  let at = 0
  const byte = (): number => key.charCodeAt(at++)
  const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read)
  const commit = (): Commit => {
    const both = byte()
    return { offset: both >> 4, end: both & 15, token: byte() }
  }
  const commits = times(world.partitions.length, commit)
  const claims = times(world.partitions.length, commit)
  const waiting = byte()
  const batches = times(byte(), () => {
    const [step, token, rows, tables] = [byte(), byte(), byte(), byte()]
    const ranges = times(byte(), () => {
      const { offset: first, end, token: standing } = commit()
      const [place, flags] = [byte(), byte()]
      return {
        partition: place >> 4,
        first,
        next: place & 15,
        end,
        token: standing,
        valid: (flags & 1) !== 0,
        kept: (flags & 2) !== 0,
        trusted: (flags & 4) !== 0,
        intent: INTENTS[flags >> 3]!,
      }
    })
    return { step: STEPS[step]!, token, rows, table: tables & 3, inserted: tables >> 2, ranges }
  })
  const late = times(byte(), () => ({ ...commit(), partition: byte() }))
  const flights = times(byte(), () => ({ token: byte(), rows: byte() }))
  const [stored, doubled] = [byte(), byte()]
  const taken = byte() | (byte() << 8) | (byte() << 16) | (byte() << 24)
  return { stored, doubled, taken, commits, claims, waiting, flights, late, batches }
}
