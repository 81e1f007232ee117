import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { COMMAND_LINE } from './command-line.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** So much of what a process wrote is kept, characters. */
const KEPT_TEXT = 20_000
/** A process that does not end by then after it was asked to is killed, ms. */
const STOP_MS = 60_000

/** Environment variables of a command, beside what every process needs. */
type Environment = Readonly<Record<string, string>>

/** A process of its own that serves. */
export class ServedProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<string>
  #url = ''
  #text = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(`exit code ${code}, signal ${signal}`))
    })
  }

  /** Starts `serve` on a free port, and waits until it listens. */
  static async start(environment: Environment): Promise<ServedProcess> {
    const child = spawnCommand(['serve', '--port', '0'], environment)
    const served = new ServedProcess(child)
    await new Promise<void>((resolve, reject) => {
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        served.#text = (served.#text + chunk).slice(-KEPT_TEXT)
        if (served.#url !== '') return
        served.#url = /^listening on (\S+);/m.exec(served.#text)?.[1] ?? ''
        if (served.#url !== '') resolve()
      })
      void served.#ended.then((how) => reject(new Error(`serve ended: ${how}: ${served.#text}`)))
    })
    return served
  }

  get url(): string {
    return this.#url
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The lines that it logged last about what it did not foresee. */
  get failures(): string[] {
    return this.#text.split('\n').filter((line) => line.includes('"level":50') || line.includes('"level":60'))
  }

  /** Memory that it holds, MiB; how much of that is no file's, such as the log's; the most that it ever held. */
  memory(): { readonly now: number; readonly own: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return { now: mebibytes(status, 'VmRSS'), own: mebibytes(status, 'RssAnon'), peak: mebibytes(status, 'VmHWM') }
  }

  /** Asks it to stop, and tells how it ended. */
  async stop(): Promise<string> {
    this.#child.kill('SIGTERM')
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    const how = await this.#ended
    clearTimeout(killing)
    return how
  }
}

/** Runs a command to its end, and answers with what it printed. */
export async function runToEnd(args: readonly string[], environment: Environment): Promise<string> {
  const child = spawnCommand(args, environment)
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  child.stderr?.resume()
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}`)
  return text
}

/** Creates a key with these options; answers with the key itself. */
export async function createKey(options: readonly string[], environment: Environment): Promise<string> {
  return (JSON.parse(await runToEnd(['keys', 'create', ...options], environment)) as { readonly key: string }).key
}

function spawnCommand(args: readonly string[], environment: Environment): ChildProcess {
  // Settings of the test run itself must not leak in.
  const { PATH = '', HOME = '' } = process.env
  return spawn(process.execPath, [...COMMAND_LINE, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, UV_THREADPOOL_SIZE: '16', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function mebibytes(status: string, name: string): number {
  return Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024)
}
