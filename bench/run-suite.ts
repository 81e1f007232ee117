import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from './context.ts'
import type { Measurement } from './measurement.ts'
import type { SuiteName } from './suite.ts'

const PROGRAM = fileURLToPath(new URL('suite-process.ts', import.meta.url))
/** Standard output is for figures alone: what engines and servers print there goes to stderr. */
const STDIO = ['ignore', 2, 2, 'ipc'] as const
/** As the service itself has it: the engine and LMDB hold one thread for each call. */
const ENVIRONMENT = { UV_THREADPOOL_SIZE: '16' }

const INTERRUPTIONS = ['SIGINT', 'SIGTERM'] as const
const EXIT_INTERRUPTED = 130

/** What the process of a suite is told as its argument. */
export interface SuiteTask {
  readonly name: SuiteName
  readonly options: BenchOptions
}

/**
 * Runs a suite in a process of its own, so that neither what an earlier one left in memory nor what the compiler learnt from it
 * bears on the figures, and hands each one on as it is known. Throws where the process fails. An interruption ends the program,
 * after the suite's files are removed: there can be gigabytes.
 */
export async function runSuite(
  name: SuiteName,
  options: Omit<BenchOptions, 'directory'>,
  onMeasurement: (measurement: Measurement) => void,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'experience-log-bench-'))
  let isInterrupted = false
  try {
    const task: SuiteTask = { name, options: { ...options, directory } }
    const child = fork(PROGRAM, [JSON.stringify(task)], {
      stdio: [...STDIO],
      execArgv: [...process.execArgv, '--expose-gc'],
      env: { ...ENVIRONMENT, ...process.env },
    })
    child.on('message', (message) => onMeasurement(message as Measurement))
    const interrupt = (): void => {
      isInterrupted = true
      child.kill('SIGKILL')
    }
    for (const signal of INTERRUPTIONS) process.on(signal, interrupt)
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    for (const each of INTERRUPTIONS) process.off(each, interrupt)
    if (code !== 0) throw new Error(`the suite ${name} ended with ${signal ?? `exit code ${code}`}`)
  } finally {
    await rm(directory, { recursive: true, force: true })
    if (isInterrupted) process.exit(EXIT_INTERRUPTED)
  }
}
