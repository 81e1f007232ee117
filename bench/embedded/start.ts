import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Contest } from '../compare.ts'
import { timeToFirstOutput } from './time-to-first-output.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COMMAND = join(ROOT, 'dist/service/cli/bin.cjs')
const BARE_ENGINE = join(ROOT, 'bench/baselines/bare-engine-start.mjs')

/** Builds what `npx experience-log` runs: translating the sources at each start would take longer than the start. */
export async function buildPackage(): Promise<void> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOT })
}

/** The demo from the start of its process on an empty directory to its answers, against the engine's first answer. */
export function demoContest(events: number, directory: string): Contest {
  let runs = 0
  const inNewDirectory = async (argumentsFor: (data: string) => readonly string[]): Promise<number> => {
    const data = join(directory, `demo-${runs++}`)
    const ms = await timeToFirstOutput(argumentsFor(data))
    await rm(data, { recursive: true })
    return ms
  }
  return {
    measure: `demo of ${events} events: process start to first answer`,
    unit: 'ms',
    better: 'lower',
    ours: () => inNewDirectory((data) => [COMMAND, 'demo', '--events', String(events), '--data', data]),
    baselineName: 'chDB alone: open an empty directory, SELECT 1',
    baseline: () => inNewDirectory((data) => [BARE_ENGINE, data, 'SELECT 1']),
  }
}

/** A question about the demo's data from the start of the process to the answer, against the engine asked in SQL. */
export async function questionContest(events: number, directory: string): Promise<Contest> {
  const data = join(directory, 'question')
  await timeToFirstOutput([COMMAND, 'demo', '--events', String(events), '--data', data])
  const sql = 'SELECT kind, count() FROM experience_log.events GROUP BY kind ORDER BY kind'
  return {
    measure: `summary of ${events} events: process start to answer`,
    unit: 'ms',
    better: 'lower',
    ours: () => timeToFirstOutput([COMMAND, 'summary', '--data', data]),
    baselineName: 'chDB alone: open the same directory, the same counts',
    baseline: () => timeToFirstOutput([BARE_ENGINE, join(data, 'clickhouse'), sql]),
  }
}
