import { expect, test } from 'vitest'
import { spellTime, timeSpellings } from '../../../../producers/fleet/spell-time.ts'
import { instantOfMillis, parseInstant } from '../../../../schemas/instant.ts'

const TIME = Date.UTC(2026, 3, 23, 12, 0, 0, 7) + 0.25

test('writes one time in every spelling', () => {
  expect(spellTime(TIME, 'milliseconds')).toBe('2026-04-23T12:00:00.007Z')
  expect(spellTime(TIME, 'seconds')).toBe('2026-04-23T12:00:00Z')
  expect(spellTime(TIME, 'nanoseconds')).toBe('2026-04-23T12:00:00.007250000Z')
  expect(spellTime(TIME, 'offset')).toBe('2026-04-23T14:00:00.007+02:00')
  expect(spellTime(TIME, 'negative-offset')).toBe('2026-04-23T08:30:00.007-03:30')
  expect(spellTime(TIME, 'epoch')).toBe('1776945600Z')
})

test('spells times that mean what they should, to the second', () => {
  for (const { spelling } of timeSpellings) {
    const instant = parseInstant(spellTime(TIME, spelling))!
    expect(Number(instantOfMillis(Math.floor(TIME)) - instant)).toBeLessThan(1e9)
    expect(spellTime(TIME, spelling).length).toBeLessThanOrEqual(64)
  }
})
