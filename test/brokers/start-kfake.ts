import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../../stack/free-port.ts'
import { readLiveBrokers } from '../../stack/kafka-metadata.ts'
import { goProgram } from '../go-program.ts'

const SOURCE = join(import.meta.dirname, 'kfake')
const START_LIMIT_MS = 60_000
const PROBE_MS = 1000

/** Builds kfake where that has not been done, and starts it. It keeps everything in memory. */
export async function startKfake(): Promise<{ readonly brokers: readonly string[]; stop(): Promise<void> }> {
  const program = await goProgram(SOURCE)
  const port = await findFreePort()
  const child = spawn(program, [String(port)], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const address = `127.0.0.1:${port}`
  const deadline = Date.now() + START_LIMIT_MS
  while ((await readLiveBrokers(address, PROBE_MS).catch(() => [])).length === 0) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`kfake did not start: exit code ${child.exitCode}`)
    }
    await sleep(50)
  }
  return { brokers: [address], stop }
}
