import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Message } from './messages.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CLOCK = fileURLToPath(new URL('jumping-clock.ts', import.meta.url))
const RESTART_MS = 300
const STDERR_KEPT = 4000

export interface ChildProgram {
  readonly name: string
  /** The source file, relative to the repository, and its arguments. */
  readonly program: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** What it prints on stderr once it does its work. */
  readonly readyText: string
  /** Whether it may fail by itself before it is ready, and is then started again, as a supervisor does. */
  readonly mayFailToStart: boolean
}

/** A program in a process of its own, which the suite starts, stops, kills and starts again. */
export class Child {
  readonly #program: ChildProgram
  #process: ChildProcess | null = null
  #wanted = false
  #isReady = false
  #stopped = false
  #stderr = ''
  #stdout = ''
  #peakKiB = 0
  readonly #waiting = new Set<() => void>()
  /** What went wrong that must not: it ended by itself while it did its work. */
  readonly surprises: string[] = []
  /** How it ended, if it did by itself. */
  exitCode: number | null = null
  /** Whether it may end by itself now, though it did its work, and is then started again. */
  mayEnd = false

  constructor(program: ChildProgram) {
    this.#program = program
  }

  get name(): string {
    return this.#program.name
  }

  get isRunning(): boolean {
    return this.#process !== null
  }

  get isReady(): boolean {
    return this.#isReady
  }

  get isStopped(): boolean {
    return this.#stopped
  }

  get stdout(): string {
    return this.#stdout
  }

  /** The largest resident size seen of any of its processes, MiB. */
  get peakMiB(): number {
    this.#noteMemory()
    return Math.round(this.#peakKiB / 1024)
  }

  start(): void {
    if (this.#process !== null) return
    this.#wanted = true
    this.#isReady = false
    this.exitCode = null
    const { program, environment, readyText } = this.#program
    const { PATH = '', HOME = '' } = process.env
    const child = spawn(process.execPath, ['--import', 'tsx', '--import', CLOCK, ...program], {
      cwd: ROOT,
      env: { PATH, HOME, UV_THREADPOOL_SIZE: '16', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#process = child
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-STDERR_KEPT)
      this.#stderr = said
      if (said.includes(readyText)) this.#isReady = true
      this.#wake()
    })
    // A message to a process that is just dying.
    child.on('error', () => {})
    child.on('exit', (code) => this.#ended(child, code))
  }

  /** Resolves when the process does its work, or has ended. */
  async ready(): Promise<void> {
    await this.#until(() => this.#isReady || this.#process === null)
  }

  /** Resolves when the process does its work, after however many starts. */
  async working(): Promise<void> {
    await this.#until(() => this.#isReady)
  }

  /** Resolves when the process has ended by itself, and is not started again. */
  async ended(): Promise<void> {
    await this.#until(() => this.#process === null && !this.#wanted)
  }

  send(message: Message): void {
    if (this.#process?.connected === true) this.#process.send(message, () => {})
  }

  /** SIGKILL, and no new start. */
  async kill(): Promise<void> {
    this.#wanted = false
    await this.#signalAndWait('SIGKILL')
  }

  /** SIGTERM, and no new start; after `timeoutMs` the process must have ended. */
  async terminate(timeoutMs: number): Promise<void> {
    this.#wanted = false
    if (this.#process === null) return
    const impatience = setTimeout(() => {
      this.surprises.push(`${this.name} did not end within ${timeoutMs} ms of SIGTERM`)
      this.#process?.kill('SIGKILL')
    }, timeoutMs)
    await this.#signalAndWait('SIGTERM')
    clearTimeout(impatience)
  }

  /** SIGSTOP: it lives, and does nothing. */
  freeze(): void {
    this.#stopped = this.#process?.kill('SIGSTOP') === true
  }

  /** SIGCONT. */
  thaw(): void {
    this.#process?.kill('SIGCONT')
    this.#stopped = false
  }

  async #signalAndWait(signal: NodeJS.Signals): Promise<void> {
    this.#noteMemory()
    this.#process?.kill(signal)
    if (this.#stopped) this.thaw()
    await this.#until(() => this.#process === null)
  }

  #ended(child: ChildProcess, code: number | null): void {
    if (this.#process !== child) return
    this.#process = null
    this.exitCode = code
    const wasReady = this.#isReady
    this.#isReady = false
    if (this.#wanted && code === 0) this.#wanted = false
    if (this.#wanted) {
      if (!this.mayEnd && (wasReady || !this.#program.mayFailToStart)) {
        this.surprises.push(
          `${this.name} ended by itself with ${code ?? 'a signal'}: ${this.#stderr.trim().slice(-500)}`,
        )
      }
      setTimeout(() => {
        if (this.#wanted) this.start()
      }, RESTART_MS)
    }
    this.#wake()
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  #noteMemory(): void {
    const pid = this.#process?.pid
    if (pid === undefined) return
    try {
      const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      this.#peakKiB = Math.max(this.#peakKiB, Number(peak ?? 0))
    } catch {
      // It has just ended, or the system tells no such thing.
    }
  }
}
