import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

it('prints JSON lines alone on standard output', async () => {
  const program = [
    '--import',
    'tsx',
    'bench/main.ts',
    '--suite',
    'codec',
    '--events',
    '50',
    '--runs',
    '1',
    '--fast',
    '--json',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: ROOT })
  const measurements = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(measurements.length).toBeGreaterThan(0)
  for (const measurement of measurements) {
    expect(measurement).toMatchObject({ suite: 'codec', runs: 4, better: 'higher' })
    for (const figure of ['ours', 'baseline', 'ratio']) expect(measurement[figure]).toBeGreaterThan(0)
  }
})
