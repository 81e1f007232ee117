import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { COMMAND_LINE } from '../command-line.ts'
import { until } from '../contract/group-consumer/group-consumer-fixture.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface CommandOutcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** What standard input holds; null keeps it open, for `write`. Default: nothing. */
  readonly stdin?: string | Buffer | null
  /** What runs, from the sources. Default: the command line. */
  readonly program?: string
}

const running = new Set<RunningCommand>()

/** Ends what a failed test left running. */
export function killRunningCommands(): void {
  for (const command of running) command.signal('SIGKILL')
}

/** The command line, or another program, as a process of its own. */
export class RunningCommand {
  readonly ended: Promise<CommandOutcome>
  readonly #process: ChildProcess
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], { environment = {}, stdin = '', program }: CommandOptions = {}) {
    const startedAt = Date.now()
    // Settings of the test run itself must not leak in.
    const { PATH = '', HOME = '' } = process.env
    const started = program === undefined ? COMMAND_LINE : ['--import', 'tsx', program]
    this.#process = spawn(process.execPath, [...started, ...args], {
      cwd: ROOT,
      env: { PATH, HOME, ...environment },
    })
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    // A command that fails early does not read what it is given.
    this.#process.stdin?.on('error', () => {})
    if (stdin !== null) this.#process.stdin?.end(stdin)
    running.add(this)
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject)
      this.#process.once('close', () => running.delete(this))
      this.#process.once('close', (exitCode) =>
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr, ms: Date.now() - startedAt }),
      )
    })
  }

  /** What it has printed so far. */
  get stdoutText(): string {
    return this.#stdout
  }

  /** What it has said on standard error so far. */
  get stderrText(): string {
    return this.#stderr
  }

  /** Resolves when standard error holds the text. */
  async says(text: string): Promise<void> {
    await until(() => this.#stderr.includes(text))
  }

  write(text: string): void {
    this.#process.stdin?.write(text)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<CommandOutcome> {
  return new RunningCommand(args, options).ended
}

/** Runs a shell script in which `$COMMAND` is the command line. */
export async function runShell(script: string, environment: Readonly<Record<string, string>>): Promise<CommandOutcome> {
  const { PATH = '', HOME = '' } = process.env
  const startedAt = Date.now()
  const child = spawn('bash', ['-c', script], {
    cwd: ROOT,
    env: { PATH, HOME, COMMAND: `${process.execPath} --import tsx service/cli/main.ts`, ...environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exitCode, stdout, stderr, ms: Date.now() - startedAt }
}

/** The JSON values that a command printed, one a line. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
