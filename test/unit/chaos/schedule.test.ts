import { describe, expect, test } from 'vitest'
import { distributedFaults, embeddedFaults } from '../../chaos/faults.ts'
import { schedule, type Round } from '../../chaos/schedule.ts'

function plan(seed: number, rounds: number): Round[] {
  return schedule({ seed, rounds, eventsPerRound: 1000 })
}

function kindsOf(rounds: readonly Round[]): string[] {
  return rounds.flatMap((round) =>
    (round.world === 'embedded' ? round.faults : Object.values(round.lanes).flat()).map(({ kind }) => kind),
  )
}

describe('schedule', () => {
  test('is the same for the same seed', () => {
    expect(plan(7, 20)).toEqual(plan(7, 20))
  })

  test('is another for another seed', () => {
    expect(plan(7, 20)).not.toEqual(plan(8, 20))
  })

  test('begins alike, however many rounds follow', () => {
    expect(plan(7, 5)).toEqual(plan(7, 20).slice(0, 5))
  })

  test('has every kind of fault within 16 rounds', () => {
    const kinds = [...Object.values(distributedFaults), ...Object.values(embeddedFaults)].flat()
    for (const seed of [1, 2, 3]) expect(new Set(kindsOf(plan(seed, 16)))).toEqual(new Set(kinds))
  })

  test('writes as many events as it is asked for, each stream others', () => {
    for (const { streams } of plan(3, 12)) {
      expect(streams.reduce((sum, { events }) => sum + events, 0)).toBe(1000)
    }
    const seeds = plan(3, 12).flatMap(({ streams }) => streams.map(({ seed }) => seed))
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})
