import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../../../service/cli/terminal/progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what ends soon is not shown; what lasts is, now and then', () => {
  const stream = new PassThrough()
  const progress = new Progress(stream, 'ingesting', 2000)
  progress.update(1, 100)
  vi.advanceTimersByTime(1999)
  progress.update(2, 100)
  progress.clear()
  expect(stream.read()).toBeNull()
  vi.advanceTimersByTime(1)
  progress.update(3, 100, ' bytes')
  progress.update(4, 100, ' bytes')
  vi.advanceTimersByTime(2000)
  progress.update(5, undefined, ' bytes')
  expect(String(stream.read())).toBe('ingesting: 3 of 100 bytes\ningesting: 5 bytes\n')
})

test('on a terminal one line is rewritten, and gives room to others', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true })
  const progress = new Progress(stream, 'ingesting')
  progress.update(1)
  progress.clear()
  progress.clear()
  expect(String(stream.read())).toBe('\r\u001b[Kingesting: 1\r\u001b[K')
})
