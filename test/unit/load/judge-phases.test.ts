import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { judgePhases, type Phase, type PhaseName } from '../../load/judge-phases.ts'
import { PhaseFigures } from '../../load/phase-figures.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Answers {
  readonly tookMs?: number
  /** How old events were that a tail told; null for none. */
  readonly ageAt?: (second: number) => number | null
}

/** A phase of fifteen seconds: what each second's posts were answered, and how long that took, ms. */
function phase(
  events: { offered: number; accepted: number },
  statusAt: (second: number) => number,
  { tookMs = 100, ageAt = () => 50 }: Answers = {},
): Phase {
  const figures = new PhaseFigures()
  for (let second = 0; second < 15; second++) {
    vi.advanceTimersByTime(500)
    for (let post = 0; post < 10; post++) figures.answered('post', statusAt(second), performance.now() - tookMs)
    const ageMs = ageAt(second)
    if (ageMs !== null) figures.ages.told('acme', ageMs)
    vi.advanceTimersByTime(500)
  }
  figures.offered = events.offered
  figures.accepted = events.accepted
  figures.end()
  return { figures, seen: { ownMib: 500, residentMib: 900, healthMs: [1] } }
}

type Makes = Partial<Record<PhaseName, () => Phase>>

const GOOD: Makes = {
  search: () => phase({ offered: 1200, accepted: 1200 }, () => 200),
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
    'threefold: only 0.10 of',
  )
})

test('a process that still refuses afterwards, or is slower, is a fault', () => {
  const calm = { offered: 200, accepted: 200 }
  expect(judged({ calm: () => phase(calm, (second) => (second < 12 ? 503 : 200)) }).join()).toContain('after 12 s')
  expect(judged({ calm: () => phase(calm, (second) => (second === 14 ? 503 : 200)) }).join()).toContain(
    'calm: it was not',
  )
  expect(judged({ calm: () => phase(calm, () => 200, { tookMs: 200 }) }).join()).toContain('calm: it was not')
})

test('tails that do not come up with the log again, or tell nothing, are a fault', () => {
  const calm = (ageAt: (second: number) => number | null): Makes => ({
    calm: () => phase({ offered: 200, accepted: 200 }, () => 200, { ageAt }),
  })
  expect(judged(calm((second) => (second < 8 ? 9000 : 50)))).toEqual([])
  expect(judged(calm((second) => (second < 11 ? 9000 : 50))).join()).toContain('only after 11 s')
  expect(judged(calm((second) => (second === 12 ? null : 50))).join()).toContain('only after 13 s')
  expect(judged(calm(() => null)).join()).toContain('no longer within 1000 ms')
})

test('tails that fall far behind while there is too much are a fault', () => {
  const threefold = (): Phase => phase({ offered: 3000, accepted: 900 }, () => 503, { ageAt: () => 12_000 })
  expect(judged({ threefold })).toEqual(['threefold: tails were 12000 ms behind or more with half of the events'])
})

test('posts that wait for their answers, and too much memory, are faults', () => {
  expect(
    judged({ highest: () => phase({ offered: 1000, accepted: 1000 }, () => 200, { tookMs: 20_000 }) }).join(),
  ).toContain('20000 ms')
  const grown = phase({ offered: 3000, accepted: 900 }, () => 503)
  expect(judged({ threefold: () => ({ ...grown, seen: { ...grown.seen, ownMib: 4000 } }) }).join()).toContain(
    '4000 MiB',
  )
})
