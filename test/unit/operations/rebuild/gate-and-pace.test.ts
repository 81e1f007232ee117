import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Gate } from '../../../../operations/rebuild/gate.ts'
import { Pace } from '../../../../operations/rebuild/pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a gate lets pass while it is open, holds up while it is closed, and may turn away', async () => {
  const gate = new Gate()
  await gate.pass()
  gate.close()
  const passed: string[] = []
  const waiting = gate.pass().then(() => passed.push('waited'))
  await Promise.resolve()
  expect(passed).toEqual([])
  gate.open()
  await waiting
  expect(passed).toEqual(['waited'])
  gate.close()
  const turnedAway = gate.pass()
  gate.turnAway()
  await expect(turnedAway).rejects.toThrow('stays closed')
  await expect(gate.pass()).rejects.toThrow('stays closed')
})

test('a pace asks for the time that a rate needs, and makes up for a second that passed unused', () => {
  const pace = new Pace(100)
  expect(pace.waitBefore(50)).toBe(500)
  expect(pace.waitBefore(50)).toBe(1000)
  vi.advanceTimersByTime(1000)
  expect(pace.waitBefore(10)).toBe(100)
  vi.advanceTimersByTime(60_000)
  expect(pace.waitBefore(50)).toBe(0)
  expect(pace.waitBefore(100)).toBe(500)
})

test('no limit asks for no time', () => {
  expect(new Pace(0).waitBefore(1_000_000)).toBe(0)
})
