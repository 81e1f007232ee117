import { flightOf, FRESH_TOKEN, NO_TOKEN, tokenBit, type Batch, type Commit, type Range, type State } from './state.ts'
import { committed, commitText, inserted, rowsText, type Next } from './changes.ts'
import { distinct, filtered, missingOf, rowsBetween, type World } from './world.ts'

/** What a batch under way may do next, or what may become of it: the protocol. */
export function batchSteps(world: World, state: State, at: number, next: Next): void {
  const batch = state.batches[at]!
  const become = (after: Partial<Batch>, label: () => string, from: State = state): void =>
    next(withBatch(from, at, { ...batch, ...after }), label)

  // Any failure, and the end of a process whose claims are gone.
  next(withFlightOf(world, withBatch(state, at, null), batch), () =>
    batch.ranges.some(({ valid }) => valid) ? 'fails' : 'ends',
  )
  switch (batch.step) {
    case 'settle':
      return settle(world, state, batch, become)
    case 'settling':
    case 'insert':
      return receive(world, state, batch, become)
    case 'look':
      return look(world, state, batch, become)
    case 'intents':
      return commitIntents(world, state, at, next)
    case 'check':
      return check(world, state, batch, become)
    case 'copies': {
      const { deletesOwnOnly } = world.form
      const ranges = batch.ranges.filter(({ intent }) => !deletesOwnOnly || intent === 'accepted')
      const rows = laterCopies(world, rowsOf(world, ranges), state.stored)
      return become(rows === 0 ? { step: 'commit', rows } : { step: 'delete', rows }, () => 'looks for later copies')
    }
    case 'delete': {
      const { stored, doubled } = state
      const after = { ...state, stored: stored & ~batch.rows, doubled: doubled & ~batch.rows }
      return become({ step: 'commit', rows: 0 }, () => `deletes ${rowsText(world, batch.rows)}`, after)
    }
    case 'commit':
      return commitNext(world, state, at, next)
  }
}

type Become = (after: Partial<Batch>, label: () => string, from?: State) => void

/** Step 1, for one standing token and one table. */
function settle(world: World, { stored }: State, batch: Batch, become: Become): void {
  const { form } = world
  const { token } = batch.ranges.find((range) => range.token !== NO_TOKEN && !range.kept)!
  const ranges = batch.ranges.filter((range) => range.token === token)
  const intended = ranges.map((range) =>
    form.settlesBeyond ? range : { ...range, next: Math.min(range.next, range.end) },
  )
  const own = rowsOf(world, intended) & world.tables[batch.table]!
  if (form.looksForAny && (own & stored) !== 0) {
    const trusting = batch.ranges.map((range) => (range.token === token ? settled({ ...range, trusted: true }) : range))
    return become(afterSettling(trusting), () => `takes T${token} for landed`)
  }
  const missing = form.repeatsBlindly ? own : missingOf(world, own, stored)
  const rows = missing === 0 ? oneStoredElsewhere(world, own, stored) : distinct(world, missing)
  if (rows !== 0)
    return become({ step: 'settling', token, rows }, () => `inserts ${rowsText(world, rows)} under T${token}`)
  become(afterTable(world, { ...batch, token }), () => `misses nothing under T${token}`)
}

/** Keeps the token from an insert that is on its way, and is deleted again. */
function oneStoredElsewhere(world: World, own: number, stored: number): number {
  const { leavesTokenFree } = world.form
  const isLeft = leavesTokenFree === 'always' || (leavesTokenFree === 'if any is there' && (own & stored) !== 0)
  if (!world.siblings || isLeft) return 0
  const elsewhere = filtered(own & world.events, (row) => {
    const { base, length } = world.partitions.find((each) => row < each.base + each.length)!
    return (world.copies[row]! & stored & (((1 << length) - 1) << base)) === 0
  })
  return elsewhere & -elsewhere
}

function afterTable(world: World, batch: Batch): Partial<Batch> {
  const { form, tables } = world
  if (batch.table + 1 < tables.length) return { ...batch, step: 'settle', rows: 0, table: batch.table + 1 }
  const isSettled = batch.inserted === (1 << tables.length) - 1
  const ranges = batch.ranges.map((range) => {
    if (range.token !== batch.token) return range
    if (!isSettled && range.next < range.end && !form.settlesParts) return { ...range, kept: true }
    return settled({ ...range, trusted: form.trustsRepeats && batch.inserted !== 0 })
  })
  return afterSettling(ranges)
}

function afterSettling(ranges: readonly Range[]): Partial<Batch> {
  const isDone = ranges.every(({ token, kept }) => token === NO_TOKEN || kept)
  return { step: isDone ? 'look' : 'settle', token: NO_TOKEN, rows: 0, table: 0, inserted: 0, ranges }
}

function settled(range: Range): Range {
  return { ...range, end: 0, token: NO_TOKEN }
}

/** The answer to an insert. */
function receive(world: World, state: State, batch: Batch, become: Become): void {
  const flight = flightOf(world, batch)!
  const after: Partial<Batch> =
    batch.step === 'settling'
      ? afterTable(world, { ...batch, inserted: batch.inserted | (1 << batch.table) })
      : { step: 'check' }
  if ((state.taken & tokenBit(world, flight)) !== 0) return become(after, () => 'insert is dropped, with OK')
  become(after, () => 'insert lands, with OK', inserted(world, state, flight))
  if (world.chances.lostParts)
    become(after, () => 'insert takes the token only, with OK', inserted(world, state, flight, true))
}

/** Step 2. */
function look(world: World, { stored }: State, batch: Batch, become: Become): void {
  const { form } = world
  for (const range of batch.ranges.length > 1 ? batch.ranges : []) {
    become({ ranges: replaced(batch, range, null) }, () => `p${range.partition} leaves: it cannot be read`)
  }
  const looked = batch.ranges.filter(({ trusted }) => !trusted)
  const rows = missingOf(world, rowsOf(world, looked), stored)
  const ranges = batch.ranges.flatMap((range) => {
    const isMissing = (rowsOf(world, [range]) & rows) !== 0
    if (isMissing && range.kept && !form.overwrites) return []
    const isWanted = isMissing || form.superfluous === 'all' || (form.superfluous === 'settled' && !range.kept)
    return [isWanted ? { ...range, intent: 'wanted' as const } : range]
  })
  const isWriting = ranges.some(({ intent }) => intent === 'wanted')
  const left = rowsOf(world, ranges) & rows
  become(
    isWriting ? { step: 'intents', token: FRESH_TOKEN, rows: left, ranges } : { ...afterInsert(world), ranges },
    () => (left === 0 ? 'misses nothing' : `misses ${rowsText(world, left)}`),
  )
}

/** Step 3, for one range after the other in any order. */
function commitIntents(world: World, state: State, at: number, next: Next): void {
  const { chances, form } = world
  const batch = state.batches[at]!
  for (const range of batch.ranges) {
    if (range.intent !== 'wanted') continue
    const { partition } = range
    const commit = { offset: range.first, end: range.next, token: batch.token }
    const goOn = (from: State, becomes: Range | null, label: () => string): void =>
      next(withBatch(from, at, allAsked(world, batch, replaced(batch, range, becomes))), label)
    const refused = form.insertsUnaccepted ? ({ ...range, intent: 'accepted' } as const) : null

    tryCommit(world, state, range, commit, chances.lateCommits === 'any', (outcome, after, label) => {
      if (outcome !== 'committed') return goOn(after, refused, () => `intent: ${label()}`)
      const known = { ...after, claims: after.claims.with(partition, commit) }
      goOn(known, { ...range, intent: 'accepted' }, () => `intent: ${label()}`)
      if (form.judgesLate) goOn(known, null, () => `intent: ${label()}; then its range cannot be read`)
    })
  }
}

/** Once all intents are answered, the block is on its way. */
function allAsked(world: World, batch: Batch, ranges: readonly Range[]): Batch {
  if (ranges.some(({ intent }) => intent === 'wanted')) return { ...batch, ranges }
  const accepted = ranges.filter(({ intent }) => intent === 'accepted')
  const missing = rowsOf(world, accepted) & batch.rows
  const rows = world.form.choosesEarly ? distinct(world, batch.rows) & missing : distinct(world, missing)
  const table = world.tables.findIndex((each) => (each & rows) !== 0)
  if (table === -1) return { ...batch, ...afterInsert(world), ranges }
  return { ...batch, step: 'insert', table, rows, ranges }
}

/** After step 4: looks for one row of what was inserted. */
function check(world: World, { stored }: State, batch: Batch, become: Become): void {
  const { form, tables } = world
  const rows = batch.rows & tables[batch.table]!
  const row = rows & -rows
  const isThere = form.checks === 'digest' ? missingOf(world, row, stored) === 0 : (row & stored) !== 0
  if (!isThere && form.checks !== 'not') return
  const table = tables.findIndex((each, at) => at > batch.table && (each & batch.rows) !== 0)
  become(table === -1 ? afterInsert(world) : { step: 'insert', table }, () => `finds ${rowsText(world, row)}`)
}

function afterInsert({ siblings }: World): Partial<Batch> {
  return { step: siblings ? 'copies' : 'commit', token: NO_TOKEN, rows: 0, table: 0 }
}

function laterCopies(world: World, rows: number, stored: number): number {
  let later = 0
  filtered(rows & world.events, (row) => {
    const copies = world.copies[row]! & stored
    later |= copies & (copies - 1)
    return true
  })
  return later
}

/** Step 6, for one range after the other in any order. */
function commitNext(world: World, state: State, at: number, next: Next): void {
  const { chances } = world
  const batch = state.batches[at]!
  for (const range of batch.ranges) {
    const { partition, kept, end, token } = range
    const commit = { offset: range.next, end: kept ? end : 0, token: kept ? token : NO_TOKEN }
    const left = replaced(batch, range, null)
    tryCommit(world, state, range, commit, chances.lateCommits !== 'none', (outcome, after, label) => {
      const known = outcome === 'committed' ? { ...after, claims: after.claims.with(partition, commit) } : after
      next(withBatch(known, at, { ...batch, ranges: left }), label)
    })
  }
}

type Told = (outcome: 'committed' | 'not', state: State, label: () => string) => void

function tryCommit(
  { form }: World,
  state: State,
  { partition, valid }: Range,
  commit: Commit,
  mayBeLate: boolean,
  told: Told,
): void {
  const text = (how: string) => (): string => `p${partition} at ${commitText(commit)} ${how}`
  if (!valid) return told('not', state, text('is fenced'))
  const after = committed(state, partition, commit)
  told('committed', after, text('is committed'))
  told('not', state, text('is refused'))
  const unsure = form.rejoins ? state.waiting | (1 << partition) : state.waiting
  told('not', { ...after, waiting: unsure }, text('is committed, without an answer'))
  if (!mayBeLate || state.late.length > 0) return
  told('not', { ...state, waiting: unsure, late: [{ ...commit, partition }] }, text('gets no answer yet'))
}

function rowsOf(world: World, ranges: readonly Pick<Range, 'partition' | 'first' | 'next'>[]): number {
  return ranges.reduce((rows, { partition, first, next }) => rows | rowsBetween(world, partition, first, next), 0)
}

function replaced({ ranges }: Batch, range: Range, by: Range | null): readonly Range[] {
  return ranges.flatMap((each) => (each === range ? (by ?? []) : each))
}

function withBatch(state: State, at: number, batch: Batch | null): State {
  const isOver = batch === null || batch.ranges.length === 0
  return { ...state, batches: isOver ? state.batches.toSpliced(at, 1) : state.batches.with(at, batch) }
}

function withFlightOf(world: World, state: State, batch: Batch): State {
  const flight = flightOf(world, batch)
  return flight === null ? state : { ...state, flights: [...state.flights, flight] }
}
