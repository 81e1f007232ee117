import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../../temporary-directory.ts'

const SCRIPT = fileURLToPath(new URL('exiting-process.ts', import.meta.url))

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

test.each([
  ['idle', 7],
  ['just begun', 7],
  ['busy', 7],
  ['closing', 7],
  ['left by an error', 1],
  ['left by a rejection', 1],
])('a process that exits while its read model is %s ends as it meant to', async (way, exitCode) => {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, directory.path, way], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 400_000,
    killSignal: 'SIGKILL',
  })
  const stderr = (await child.stderr.toArray()).join('')
  const ended = await new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve([child.exitCode, child.signalCode])
    child.once('exit', (...how) => resolve(how))
  })
  expect({ ended, stderr }).toEqual({
    ended: [exitCode, null],
    stderr: exitCode === 1 ? (expect.stringContaining('nobody catches this') as string) : '',
  })
})
