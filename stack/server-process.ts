import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

import { StackError } from './stack-error.ts'
import type { Watchdog } from './watchdog.ts'

/** A server of the stack, as its users may treat it. Methods reject with a StackError that names the server. */
export interface StackServer {
  readonly name: string
  /** `host:port` on loopback; the same for the stack's whole life. */
  readonly address: string
  /** What the server printed, over all its restarts; deleted with the stack. */
  readonly logFile: string
  /** SIGKILL; resolves when the process is gone. Does nothing when it does not run. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, and resolves when it is ready. A running one is asked to end (SIGTERM) first. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void
  /** SIGCONT. */
  resume(): void
}

export interface ServerDefinition {
  readonly name: string
  readonly address: string
  readonly logFile: string
  readonly executable: string
  readonly args: readonly string[]
  readonly workingDirectory: string
  /** Environment variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Whether the server does its work; a rejection counts as no. */
  readonly isReady: () => Promise<boolean>
}

/** Generous, since a CI machine with two busy cores takes ten times what an idle one does. */
const READY_LIMIT_MS = 120_000
const POLL_MS = 50
const TERMINATE_LIMIT_MS = 20_000
const LOG_TAIL_LINES = 30

export class ServerProcess implements StackServer {
  readonly #definition: ServerDefinition
  readonly #watchdog: Watchdog
  #child: ChildProcess | undefined
  #retired = false

  constructor(definition: ServerDefinition, watchdog: Watchdog) {
    this.#definition = definition
    this.#watchdog = watchdog
  }

  get name(): string {
    return this.#definition.name
  }

  get address(): string {
    return this.#definition.address
  }

  get logFile(): string {
    return this.#definition.logFile
  }

  /** Starts the process and resolves when it is ready. */
  async start(): Promise<void> {
    if (this.#retired) throw new StackError('ServerNotRunning', `${this.name} belongs to a stack that was stopped`)
    const { executable, args, workingDirectory, environment, logFile } = this.#definition
    const log = openSync(logFile, 'a')
    const child = spawn(executable, args, {
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in a terminal reaches the caller alone, which then decides.
      detached: true,
      cwd: workingDirectory,
      env: { ...process.env, ...environment },
    })
    closeSync(log)
    // Whoever forgets to stop the stack still ends, and the watchdog ends the servers.
    child.unref()
    let spawnFailure: Error | undefined
    child.on('error', (error) => (spawnFailure = error))
    const { pid } = child
    if (pid !== undefined) {
      this.#child = child
      this.#watchdog.guard(pid)
      child.on('exit', () => {
        this.#watchdog.release(pid)
        if (this.#child === child) this.#child = undefined
      })
    }

    const deadline = Date.now() + READY_LIMIT_MS
    while (!(await this.#definition.isReady().catch(() => false))) {
      if (this.#child !== child) {
        const status = spawnFailure?.message ?? `exit code ${child.exitCode}, signal ${child.signalCode}`
        throw new StackError('ServerExited', `${this.name} ended while starting (${status})${await this.#logTail()}`, {
          cause: spawnFailure,
        })
      }
      if (Date.now() > deadline) {
        throw new StackError(
          'ServerNotReady',
          `${this.name} was not ready after ${READY_LIMIT_MS / 1000} s${await this.#logTail()}`,
        )
      }
      await sleep(POLL_MS)
    }
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM')
    await this.start()
  }

  /** Kills it for good: it can't be restarted. */
  async retire(): Promise<void> {
    this.#retired = true
    await this.#end('SIGKILL')
  }

  pause(): void {
    this.#signal('SIGSTOP')
  }

  resume(): void {
    this.#signal('SIGCONT')
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.kill(signal) !== true) throw new StackError('ServerNotRunning', `${this.name} does not run`)
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.ref()
    const exited = once(child, 'exit')
    child.kill(signal)
    // A paused process takes no SIGTERM before it goes on.
    child.kill('SIGCONT')
    const impatience = setTimeout(() => child.kill('SIGKILL'), TERMINATE_LIMIT_MS)
    await exited
    clearTimeout(impatience)
  }

  async #logTail(): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '')
    const lines = text.trimEnd().split('\n').slice(-LOG_TAIL_LINES)
    return `; the end of its log:\n${lines.join('\n')}`
  }
}
