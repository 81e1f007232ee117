import { describe, expect, test } from 'vitest'
import { distributedFaults, embeddedFaults } from '../../chaos/faults.ts'
import { schedule, type Round } from '../../chaos/schedule.ts'

function plan(seed: number, rounds: number, tenants: number | null = null): Round[] {
  return schedule({ seed, rounds, eventsPerRound: 1000, tenants })
}

function kindsOf(rounds: readonly Round[]): string[] {
  return rounds.flatMap((round) =>
    (round.world === 'embedded' ? round.process.faults : Object.values(round.lanes).flat()).map(({ kind }) => kind),
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

  test('writes to as many tenants as it is asked for', () => {
    for (const { streams } of plan(3, 12, 300)) {
      expect(new Set(streams.flatMap(({ tenants }) => tenants)).size).toBe(300)
    }
  })

  test('has tenants that last, some that both writers write to, and each round some of its own', () => {
    const rounds = plan(3, 2, 30).map(({ streams }) => streams.map(({ tenants }) => new Set(tenants)))
    const [first, second] = rounds.map((streams) => new Set(streams.flatMap((tenants) => [...tenants])))
    const lasting = [...first!].filter((tenant) => second!.has(tenant))
    expect(lasting.length).toBe(24)
    expect(second!.size - lasting.length).toBe(6)
    const [one, other] = rounds[1]!
    expect([...one!].filter((tenant) => other!.has(tenant)).length).toBe(9)
  })

  test('has 200 faults within 20 rounds of many tenants', () => {
    for (const seed of [1, 2, 3]) expect(kindsOf(plan(seed, 20, 300)).length).toBeGreaterThan(220)
  })
})
