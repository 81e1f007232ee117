import type { World } from './world.ts'

/** Everything that what happens next depends on. Token 0 is none. */
export interface State {
  /** Rows that the tables have, and those that they have more than once. */
  readonly stored: number
  readonly doubled: number
  /** What the tables know of tokens: bit `token * 2 + table`. */
  readonly taken: number
  readonly commits: readonly Commit[]
  /** What the owners of the partitions know: how far they are, and what stands. Owners are told apart by nothing else. */
  readonly claims: readonly Commit[]
  /** Partitions with which their owners wait for a new membership. */
  readonly waiting: number
  /** Inserts on their way of which nobody waits for the answer. */
  readonly flights: readonly Flight[]
  /** Commits on their way of which nobody waits for the answer. */
  readonly late: readonly LateCommit[]
  readonly batches: readonly Batch[]
}

export interface Commit {
  readonly offset: number
  readonly end: number
  readonly token: number
}

export interface LateCommit extends Commit {
  readonly partition: number
}

export interface Flight {
  readonly token: number
  readonly rows: number
}

export const STEPS = ['settle', 'settling', 'look', 'intents', 'insert', 'check', 'copies', 'delete', 'commit'] as const

/** A batch under way, by an owner of its ranges or one that was. */
export interface Batch {
  readonly step: (typeof STEPS)[number]
  /** Under which it inserts. */
  readonly token: number
  /** On their way, missing, or to be deleted. */
  readonly rows: number
  /** Which of the tables it is at. */
  readonly table: number
  /** Tables into which something was inserted under the token that is being settled: a bit each. */
  readonly inserted: number
  readonly ranges: readonly Range[]
}

export interface Range {
  readonly partition: number
  /** Whether the claim is still good. */
  readonly valid: boolean
  readonly first: number
  readonly next: number
  /** What stands of an earlier try. */
  readonly end: number
  readonly token: number
  /** Looked at: what stands goes on standing. */
  readonly kept: boolean
  readonly intent: 'none' | 'wanted' | 'accepted'
  /** Not looked for any more. Weaker forms only. */
  readonly trusted: boolean
}

export const NO_TOKEN = 0
/** Before a state is written down; then tokens are numbered anew. */
export const FRESH_TOKEN = 14

export function initialState({ partitions, stored }: World): State {
  const commits = partitions.map(({ committed }) => ({ offset: committed, end: 0, token: NO_TOKEN }))
  return { stored, doubled: 0, taken: 0, commits, claims: commits, waiting: 0, flights: [], late: [], batches: [] }
}

/** What a batch has sent and waits for. */
export function flightOf({ tables }: World, { step, token, rows, table }: Batch): Flight | null {
  if (step === 'settling') return { token, rows }
  return step === 'insert' ? { token, rows: rows & tables[table]! } : null
}

export function tokenBit({ tables }: World, { token, rows }: Flight): number {
  return 1 << (token * tables.length + tables.findIndex((table) => (table & rows) !== 0))
}
