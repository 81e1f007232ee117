/** What one exploration is about: a log, what may go wrong, and the form of the protocol. Rows are bits of a number, in the order of their places. */
export interface World {
  readonly partitions: readonly Partition[]
  /** For each row the rows of equal events, itself included. Dead letters equal nothing. */
  readonly copies: readonly number[]
  /** Rows of each table, in the order in which a batch inserts. */
  readonly tables: readonly number[]
  readonly events: number
  /** Whether the partitions are those of one topic, so that both may hold an event. */
  readonly siblings: boolean
  readonly stored: number
  readonly chances: Chances
  readonly form: Form
}

interface Partition {
  /** Bit of the row at offset 0. */
  readonly base: number
  readonly length: number
  readonly committed: number
}

/** What may happen beside crashes, hand-overs, lost answers and late inserts, which always may. */
export interface Chances {
  /** Batches under way at once, those of former owners too. */
  readonly batches: number
  /** A token is taken, and its rows are not there. */
  readonly lostParts: boolean
  /** The server forgets tokens: any, or those alone under which nothing is on its way and no former owner may still send. */
  readonly forgets: 'never' | 'unused' | 'any'
  /** Commits that got no answer may be handled later, while the claim is good: those that end a batch, or intents as well. */
  readonly lateCommits: 'none' | 'last' | 'any'
  /** Ranges are handed over in part. */
  readonly parts: boolean
  /** The membership changes. */
  readonly handOvers: boolean
}

/** The protocol, and forms of it that are weaker in one thing. */
export interface Form {
  /** A change of membership leaves the claims on partitions that stay. */
  readonly keepsClaims: boolean
  /** What was answered OK under a standing token is not looked for. */
  readonly trustsRepeats: boolean
  /** A range may turn out to be unreadable when its intent is committed. */
  readonly judgesLate: boolean
  /** One row that is there speaks for all of the batch. */
  readonly looksForAny: boolean
  /** Take-over inserts under a fresh token at once. */
  readonly skipsSettling: boolean
  /** Looks by place, not by digest. */
  readonly looksByPlace: boolean
  /** Where nothing is missing, nothing is inserted under the standing token: always, or where any own row is at its place. */
  readonly leavesTokenFree: 'never' | 'if any is there' | 'always'
  /** Take-over inserts without a look. */
  readonly repeatsBlindly: boolean
  /** Who got no answer to a commit joins the group anew before it goes on with the partition. */
  readonly rejoins: boolean
  /** Of equal events in a block one is chosen before the intents are committed. */
  readonly choosesEarly: boolean
  /** Ranges whose intents failed stay in the block. */
  readonly insertsUnaccepted: boolean
  /** How one row of a block is looked for after the insert. */
  readonly checks: 'place' | 'digest' | 'not'
  /** Which ranges without missing rows commit intents as well. */
  readonly superfluous: 'none' | 'settled' | 'all'
  /** Later copies are looked for of ranges alone that went in under the batch's own token. */
  readonly deletesOwnOnly: boolean
  /** Rows behind the intended end go in under the standing token too. */
  readonly settlesBeyond: boolean
  /** A range that came in part counts as settled, whether something was inserted or not. */
  readonly settlesParts: boolean
  /** A range is not projected before all of it has come that a standing intent names. */
  readonly waitsForEnd: boolean
  /** A range whose token goes on standing commits another intent if it needs one, instead of waiting for its rest. */
  readonly overwrites: boolean
}

export const PROTOCOL: Form = {
  keepsClaims: false,
  trustsRepeats: false,
  judgesLate: false,
  looksForAny: false,
  skipsSettling: false,
  looksByPlace: false,
  leavesTokenFree: 'never',
  repeatsBlindly: false,
  rejoins: true,
  choosesEarly: false,
  insertsUnaccepted: false,
  checks: 'place',
  superfluous: 'none',
  deletesOwnOnly: false,
  settlesBeyond: false,
  settlesParts: false,
  waitsForEnd: false,
  overwrites: false,
}

const CHANCES: Chances = {
  batches: 2,
  lostParts: false,
  forgets: 'never',
  lateCommits: 'none',
  parts: true,
  handOvers: true,
}

/**
 * A log, one word a partition, one letter a row: equal letters are equal events, capitals are dead letters. What stands before a bar is
 * projected already. Partitions are siblings if an event is in several, or if `siblings` says so.
 */
export function world(
  log: readonly string[],
  { form, siblings, ...chances }: Partial<Chances> & { form?: Partial<Form>; siblings?: boolean } = {},
): World {
  const rows = log.map((word) => word.replace('|', '')).join('')
  const copies = Array.from(rows, (row, at) => (isLetter(row) ? 1 << at : maskOf(rows, (each) => each === row)))
  const partitions: Partition[] = []
  let base = 0
  let stored = 0
  for (const word of log) {
    const committed = Math.max(0, word.indexOf('|'))
    const length = word.replace('|', '').length
    for (let at = base; at < base + committed; at++) if ((stored & copies[at]!) === 0) stored |= 1 << at
    partitions.push({ base, length, committed })
    base += length
  }
  const deadLetters = maskOf(rows, isLetter)
  const events = maskOf(rows, (row) => !isLetter(row))
  return {
    partitions,
    copies,
    tables: [deadLetters, events].filter((table) => table !== 0),
    events,
    siblings: siblings ?? hasSiblings(log),
    stored,
    chances: { ...CHANCES, ...chances },
    form: { ...PROTOCOL, ...form },
  }
}

/** Rows of a partition in [from, to). */
export function rowsBetween({ partitions }: World, partition: number, from: number, to: number): number {
  return to <= from ? 0 : ((1 << (to - from)) - 1) << (partitions[partition]!.base + from)
}

/** Those of some rows whose events the table lacks. */
export function missingOf({ copies, form }: World, rows: number, stored: number): number {
  if (form.looksByPlace) return rows & ~stored
  return filtered(rows, (row) => (copies[row]! & stored) === 0)
}

/** Of rows of equal events the first. */
export function distinct({ copies }: World, rows: number): number {
  return filtered(rows, (row) => (copies[row]! & rows & ((1 << row) - 1)) === 0)
}

export function filtered(rows: number, keeps: (row: number) => boolean): number {
  let kept = 0
  for (let left = rows; left !== 0; left &= left - 1) {
    const row = 31 - Math.clz32(left & -left)
    if (keeps(row)) kept |= 1 << row
  }
  return kept
}

function maskOf(rows: string, holds: (row: string) => boolean): number {
  return Array.from(rows).reduce((mask, row, at) => (holds(row) ? mask | (1 << at) : mask), 0)
}

function isLetter(row: string): boolean {
  return row !== row.toLowerCase()
}

function hasSiblings(log: readonly string[]): boolean {
  const seen = log.map((word) => new Set(word.replace(/[|A-Z]/g, '')))
  return seen.some((events, at) => [...events].some((event) => seen.slice(at + 1).some((other) => other.has(event))))
}
