import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { judgePhases, type Phase, type PhaseName } from '../../load/judge-phases.ts'
import { PhaseFigures } from '../../load/phase-figures.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A phase of fifteen seconds: what each second's posts were answered, and how long that took, ms. */
function phase(
  events: { offered: number; accepted: number },
  statusAt: (second: number) => number,
  tookMs = 100,
): Phase {
  const figures = new PhaseFigures()
  for (let second = 0; second < 15; second++) {
    vi.advanceTimersByTime(500)
    for (let post = 0; post < 10; post++) figures.answered('post', statusAt(second), performance.now() - tookMs)
    vi.advanceTimersByTime(500)
  }
  figures.offered = events.offered
  figures.accepted = events.accepted
  figures.end()
  return { figures, seen: { ownMib: 500, residentMib: 900, healthMs: [1] } }
}

type Makes = Partial<Record<PhaseName, () => Phase>>

const GOOD: Makes = {
  highest: () => phase({ offered: 1000, accepted: 1000 }, () => 200),
  threefold: () => phase({ offered: 3000, accepted: 900 }, () => 503),
  calm: () => phase({ offered: 200, accepted: 200 }, (second) => (second < 3 ? 503 : 200)),
}

/** What is said of a run, of which some phases are others. They come one after another. */
function judged(changes: Makes = {}): string[] {
  const makes = Object.entries({ ...GOOD, ...changes }) as [PhaseName, () => Phase][]
  return judgePhases(new Map(makes.map(([name, make]) => [name, make()])))
}

test('a process that refuses what is too much, and is itself again within seconds, is as it has to be', () => {
  expect(judged()).toEqual([])
})

test('an overload that was none, or that keeps a process from its work, is a fault', () => {
  expect(judged({ threefold: () => phase({ offered: 3000, accepted: 3000 }, () => 200) }).join()).toContain(
    'no overload',
  )
  expect(judged({ threefold: () => phase({ offered: 3000, accepted: 100 }, () => 503) }).join()).toContain(
    'only 0.10 of',
  )
})

test('a process that still refuses afterwards, or is slower, is a fault', () => {
  const calm = { offered: 200, accepted: 200 }
  expect(judged({ calm: () => phase(calm, (second) => (second < 12 ? 503 : 200)) }).join()).toContain('after 12 s')
  expect(judged({ calm: () => phase(calm, (second) => (second === 14 ? 503 : 200)) }).join()).toContain(
    'calm: it was not',
  )
  expect(judged({ calm: () => phase(calm, () => 200, 200) }).join()).toContain('calm: it was not')
})

test('posts that wait for their answers, and too much memory, are faults', () => {
  expect(judged({ highest: () => phase({ offered: 1000, accepted: 1000 }, () => 200, 20_000) }).join()).toContain(
    '20000 ms',
  )
  const grown = phase({ offered: 3000, accepted: 900 }, () => 503)
  expect(judged({ threefold: () => ({ ...grown, seen: { ...grown.seen, ownMib: 4000 } }) }).join()).toContain(
    '4000 MiB',
  )
})
