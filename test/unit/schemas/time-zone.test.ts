import { describe, expect, test } from 'vitest'
import { parseInstant } from '../../../schemas/instant.ts'
import { hasWholeHours, offsetSeconds, TimeZone } from '../../../schemas/time-zone.ts'

describe('a time zone', () => {
  test('is known by its IANA name, in any letters', () => {
    expect(TimeZone.parse('europe/vienna')).toBe('Europe/Vienna')
    expect(TimeZone.parse('UTC')).toBe('UTC')
  })

  test.each(['', 'Europe/Atlantis', '+02:00', 'Europe/Vienna; DROP', '../etc'])('is not %j', (name) => {
    expect(TimeZone.safeParse(name).success).toBe(false)
  })

  test('is ahead of UTC by what its clocks show, also before 1970', () => {
    expect(offsetSeconds('Europe/Vienna', Date.UTC(2026, 6, 1))).toBe(7200)
    expect(offsetSeconds('Asia/Kolkata', Date.UTC(1960, 0, 1) - 1)).toBe(19_800)
    expect(offsetSeconds('America/New_York', Date.UTC(2026, 0, 1))).toBe(-18_000)
  })

  test.each([
    ['Europe/Vienna', '1980-01-01T00:00:00Z', '2040-01-01T00:00:00Z', true],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z', false],
    // Half an hour of summer time, in a zone of half an hour: whole hours in winter of the south never come without the others.
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', true],
    ['Australia/Lord_Howe', '2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', false],
    // Clocks were changed a minute past midnight.
    ['Asia/Gaza', '2011-03-01T00:00:00Z', '2011-05-01T00:00:00Z', false],
  ])('%s from %s to %s has whole hours: %s', (zone, from, to, expected) => {
    expect(hasWholeHours(zone, parseInstant(from)!, parseInstant(to)!)).toBe(expected)
  })
})
