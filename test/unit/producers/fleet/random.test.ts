import { expect, test } from 'vitest'
import { Random } from '../../../../producers/fleet/random.ts'

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32())
}

test('gives the same sequence for the same seed', () => {
  expect(draw(new Random(42), 100)).toEqual(draw(new Random(42), 100))
})

test('gives other sequences for seeds that differ in any bit', () => {
  const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, -1, Number.MAX_SAFE_INTEGER]
  const firsts = seeds.map((seed) => draw(new Random(seed), 4).join())
  expect(new Set(firsts).size).toBe(seeds.length)
})

test('gives a fork a sequence of its own', () => {
  const random = new Random(7)
  const fork = random.fork()
  expect(draw(fork, 10)).not.toEqual(draw(random, 10))
})

test('spreads integers evenly and keeps to both ends', () => {
  const random = new Random(3)
  const counts = new Map<number, number>()
  for (let index = 0; index < 60_000; index++) {
    const value = random.between(1, 6)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  expect(new Set(counts.keys())).toEqual(new Set([1, 2, 3, 4, 5, 6]))
  for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400)
})

test('draws normal values with mean 0 and deviation 1', () => {
  const random = new Random(4)
  const values = Array.from({ length: 100_000 }, () => random.normal())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  expect(mean).toBeCloseTo(0, 1)
  expect(variance).toBeCloseTo(1, 1)
})

test('chooses by weight', () => {
  const random = new Random(5)
  const list = [
    { name: 'often', weight: 3 },
    { name: 'seldom', weight: 1 },
    { name: 'never', weight: 0 },
  ]
  const names = Array.from({ length: 40_000 }, () => random.weighted(list).name)
  expect(names.filter((name) => name === 'often').length / names.length).toBeCloseTo(0.75, 1)
  expect(names).not.toContain('never')
})

test('writes eight hexadecimal digits a word', () => {
  expect(new Random(6).hex(8)).toMatch(/^[0-9a-f]{64}$/)
})
