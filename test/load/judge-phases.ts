import type { PhaseFigures } from './phase-figures.ts'
import type { Seen } from './watched-server.ts'

/** A phase that is over. */
export interface Phase {
  readonly figures: PhaseFigures
  readonly seen: Seen
}

/** The phases of a run. */
export type PhaseName = 'warm-up' | 'search' | 'highest' | 'threefold' | 'calm'

/**
 * Memory that may be the process's own, MiB: ClickHouse's engine and Node take 400, a projector in a backlog 700 (docs/performance.md), and
 * what is held for requests 16 bodies of 16 MiB, 64 MiB on the way to the log, and 256 windows of 64 KiB, together 336.
 */
const MOST_OWN_MIB = 1500
/** Who waits longer for an answer, whatever it is, gives up, ms: 99 of 100 posts get theirs earlier. */
const MOST_ANSWER_MS = 10_000
/** Three times too much must not keep a process from doing what it does at its highest rate: so much of that at least. */
const LEAST_SHARE = 3 / 4
/**
 * So long after it has taken what streams had sent it is as before the overload, s. By the end of the load, up to 10 MiB of each stream are in
 * the buffers of the system, where nobody can refuse them any more.
 */
const RECOVERY_S = 5
/**
 * Who follows live hears of an event so soon after the log has taken it, ms. While there is too much, tails that are behind get a share of the
 * time only, which need not be enough to keep up: half of what is told is this fresh.
 */
const LIVE_MS = 1000
const MOST_BEHIND_MS = 10_000
/** So long after it has taken what streams had sent, tails are live again, s: they had come that far behind at most. */
const TAIL_RECOVERY_S = 10

/** How a process came back from an overload, s since that ended. */
export interface Recovery {
  /** When it had taken what streams had sent before. */
  readonly streamsTakenS: number
  /** When everything was accepted again, and no slower than at the highest rate; null where it never was. */
  readonly recoveredS: number | null
  /** When every live tail told events as soon as it has to; null where one never did. */
  readonly tailsLiveS: number | null
}

type Loads = Readonly<Record<'highest' | 'threefold' | 'calm', PhaseFigures>>

/** Null where a phase is missing. */
export function recoveryOf(phases: ReadonlyMap<PhaseName, Phase>): Recovery | null {
  const loads = loadsOf(phases)
  return loads === null ? null : recoveryIn(loads)
}

/** What did not hold in a run. */
export function judgePhases(phases: ReadonlyMap<PhaseName, Phase>): string[] {
  const faults: string[] = []
  for (const [name, { seen }] of phases) {
    if (seen.ownMib > MOST_OWN_MIB) faults.push(`${name}: ${seen.ownMib} MiB of memory, more than ${MOST_OWN_MIB}`)
  }
  const loads = loadsOf(phases)
  if (loads === null) return [...faults, 'a phase is missing']
  const { highest, threefold, calm } = loads
  for (const [name, figures] of Object.entries({ highest, threefold, calm })) {
    const p99 = Math.round(figures.answeredMs(0.99))
    if (p99 > MOST_ANSWER_MS) faults.push(`${name}: one post in a hundred waited ${p99} ms or longer for its answer`)
    const behind = Math.round(figures.ages.atShare(0.5))
    if (behind > MOST_BEHIND_MS) faults.push(`${name}: tails were ${behind} ms behind or more with half of the events`)
  }
  if (threefold.accepted >= threefold.offered)
    faults.push('threefold: everything was taken, so that it was no overload')
  const share = threefold.accepted / threefold.seconds / (highest.accepted / highest.seconds)
  if (share < LEAST_SHARE) faults.push(`threefold: only ${share.toFixed(2)} of the events that it takes otherwise`)
  const { streamsTakenS, recoveredS, tailsLiveS } = recoveryIn(loads)
  if (recoveredS === null || recoveredS > streamsTakenS + RECOVERY_S) {
    const when = recoveredS === null ? 'not' : `after ${recoveredS} s, with the streams taken after ${streamsTakenS} s,`
    faults.push(`calm: it was ${when} as at the highest rate again: everything accepted, and no slower`)
  }
  if (tailsLiveS === null || tailsLiveS > streamsTakenS + TAIL_RECOVERY_S) {
    const when = tailsLiveS === null ? 'no longer' : `only after ${tailsLiveS} s`
    faults.push(`calm: tails told events ${when} within ${LIVE_MS} ms`)
  }
  return faults
}

function loadsOf(phases: ReadonlyMap<PhaseName, Phase>): Loads | null {
  const figuresOf = (name: PhaseName): PhaseFigures | undefined => phases.get(name)?.figures
  const [highest, threefold, calm] = (['highest', 'threefold', 'calm'] as const).map(figuresOf)
  return highest === undefined || threefold === undefined || calm === undefined ? null : { highest, threefold, calm }
}

function recoveryIn({ highest, threefold, calm }: Loads): Recovery {
  return {
    streamsTakenS: Math.ceil(Math.max(0, threefold.streamsTakenAt - calm.begunAt) / 1000),
    recoveredS: calm.recoveredAfterS(highest.acceptedMs(0.99)),
    tailsLiveS: calm.ages.liveAfterS(Math.floor(calm.seconds), LIVE_MS),
  }
}
