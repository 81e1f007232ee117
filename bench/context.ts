import { startStack, type Stack, type StackOptions } from '../stack/start-stack.ts'

/** How a suite is to be run. */
export interface BenchOptions {
  /** The short form, for CI: small data, few runs. */
  readonly isFast: boolean
  /** Pairs of runs behind each figure. */
  readonly runs: number
  /** Events to measure with, instead of the suite's own number. */
  readonly events: number | null
  /** A folder for the suite's files; whoever started the suite removes it. */
  readonly directory: string
}

/** What a suite has to work with. */
export interface BenchContext extends BenchOptions {
  /** Tells people, on stderr, how far it is. */
  note(text: string): void
  /**
   * A real Kafka and a real registry of the suite's own, and what else is asked for, started at the first call; they end with the
   * process. Error: `StackError`.
   */
  stack(options?: StackOptions): Promise<Stack>
}

/** The context of the suite that this process runs. */
export class SuiteContext implements BenchContext {
  readonly isFast: boolean
  readonly runs: number
  readonly events: number | null
  readonly directory: string
  readonly #suite: string
  #stack: Promise<Stack> | null = null

  constructor(suite: string, options: BenchOptions) {
    this.isFast = options.isFast
    this.runs = options.runs
    this.events = options.events
    this.directory = options.directory
    this.#suite = suite
  }

  note(text: string): void {
    process.stderr.write(`${this.#suite}: ${text}\n`)
  }

  stack(options: StackOptions = {}): Promise<Stack> {
    if (this.#stack === null) {
      this.note('starting Kafka and a schema registry')
      this.#stack = startStack(options)
    }
    return this.#stack
  }

  /** Ends what was started. */
  async close(): Promise<void> {
    await (await this.#stack)?.stop()
  }
}
