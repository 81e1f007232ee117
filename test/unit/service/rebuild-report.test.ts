import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RebuildReport } from '../../../service/cli/generations/rebuild-report.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function report(isTTY: boolean): { readonly report: RebuildReport; readonly written: () => string } {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
  let text = ''
  stream.on('data', (chunk: string) => (text += chunk))
  return { report: new RebuildReport(stream), written: () => text }
}

function phaseAt(done: number) {
  return {
    phase: 'projecting' as const,
    generation: 'aaaaaaaaaaaa',
    progress: { done, total: 1000, behind: [{ topic: 't', tenant: 'acme', done, total: 1000 }] },
  }
}

test('prints JSON lines, now and then', () => {
  const { report: lines, written } = report(false)
  lines.show({ phase: 'copying', generation: 'aaaaaaaaaaaa', progress: null })
  lines.show(phaseAt(0))
  vi.advanceTimersByTime(1000)
  lines.show(phaseAt(100))
  vi.advanceTimersByTime(1000)
  lines.show(phaseAt(200))
  expect(
    written()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { phase: 'copying', generation: 'aaaaaaaaaaaa' },
    {
      phase: 'projecting',
      generation: 'aaaaaaaaaaaa',
      done: 0,
      to_do: 1000,
      per_second: 0,
      seconds_left: null,
      tenants: [{ tenant: 'acme', done: 0, to_do: 1000 }],
    },
    {
      phase: 'projecting',
      generation: 'aaaaaaaaaaaa',
      done: 200,
      to_do: 800,
      per_second: 100,
      seconds_left: 8,
      tenants: [{ tenant: 'acme', done: 200, to_do: 800 }],
    },
  ])
})

test('says only once that it is paused', () => {
  const { report: lines, written } = report(false)
  const pausedAt = (done: number) => ({ ...phaseAt(done), phase: 'paused' as const })
  for (const phase of [phaseAt(100), phaseAt(100), pausedAt(100), pausedAt(100), pausedAt(100), phaseAt(100)]) {
    lines.show(phase)
    vi.advanceTimersByTime(10_000)
  }
  const phases = Array.from(written().matchAll(/"phase":"(\w+)"/g), ([, phase]) => phase)
  expect(phases).toEqual(['projecting', 'projecting', 'paused', 'projecting'])
})

test('rewrites one line on a terminal', () => {
  const { report: bar, written } = report(true)
  bar.show(phaseAt(0))
  vi.advanceTimersByTime(1000)
  bar.show(phaseAt(500))
  bar.end()
  const [first, second] = written().split('\r\u001b[K').slice(1)
  expect(first).toMatch(/^projecting {2}░+ 0 %/)
  expect(second).toBe(
    `projecting  ${'█'.repeat(15)}${'░'.repeat(15)} 50 %  500 of 1,000  500/s  1 s left  tenants to do: 1\n`,
  )
})
