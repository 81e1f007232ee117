import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Standard output is for figures alone: what engines and servers print there goes to stderr. */
const STDIO = ['ignore', 2, 2, 'ipc'] as const

/** What a program answers to a request. */
export type Reply = { readonly answer: unknown } | { readonly error: string }

/**
 * A program in a process of its own, which answers requests one at a time (`serve`): chDB allows a process one data directory
 * for its whole life, and what is measured must not share a heap with what measures.
 */
export class Child {
  readonly #process: ChildProcess

  constructor(program: URL, task: unknown) {
    this.#process = fork(program, [JSON.stringify(task)], { stdio: [...STDIO] })
  }

  /** Throws what the program throws, or that it has ended. */
  async ask<Answer>(request: string): Promise<Answer> {
    const over = new AbortController()
    try {
      const reply = once(this.#process, 'message', over)
      const end = once(this.#process, 'exit', over).then(([code, signal]) => {
        throw new Error(`the process ended with ${signal ?? `exit code ${code}`} when asked to ${request}`)
      })
      this.#process.send(request)
      const [message] = (await Promise.race([reply, end])) as [Reply]
      if ('error' in message) throw new Error(`${request}: ${message.error}`)
      return message.answer as Answer
    } finally {
      over.abort()
    }
  }

  /** Kills it: nothing that it holds is wanted any more. */
  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
  }
}

/** Lets a program do some work, and ends it whatever comes of that. */
export async function withChild<Result>(
  program: URL,
  task: unknown,
  work: (child: Child) => Promise<Result>,
): Promise<Result> {
  const child = new Child(program, task)
  try {
    return await work(child)
  } finally {
    await child.end()
  }
}
