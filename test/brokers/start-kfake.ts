import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../../stack/free-port.ts'
import { readLiveBrokers } from '../../stack/kafka-metadata.ts'
import { runCommand } from '../../stack/run-command.ts'
import { cachedFolder } from '../cached-folder.ts'

const SOURCE = join(import.meta.dirname, 'kfake')
const BUILD_LIMIT_MS = 600_000
const START_LIMIT_MS = 60_000
const PROBE_MS = 1000

/** Whether there is a Go to build it with. */
export async function hasGo(): Promise<boolean> {
  const version = await runCommand('go', ['version'], PROBE_MS * 30).catch(() => undefined)
  return version?.exitCode === 0
}

/** Builds kfake where that has not been done, and starts it. It keeps everything in memory. */
export async function startKfake(): Promise<{ readonly brokers: readonly string[]; stop(): Promise<void> }> {
  const program = join(await build(), 'kfake')
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

async function build(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(SOURCE, file)))
  return cachedFolder(`kfake-${hash.digest('hex').slice(0, 16)}`, async (folder) => {
    const { exitCode, output } = await runCommand('go', ['build', '-C', SOURCE, '-o', folder, '.'], BUILD_LIMIT_MS)
    if (exitCode !== 0) throw new Error(`go could not build kfake: ${output.slice(-2000)}`)
  })
}
