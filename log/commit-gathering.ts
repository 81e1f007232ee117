import { partitionText } from '../base/position.ts'
import type { CommittedOffset } from './group-consumer.ts'

export type CommitAnswer = 'committed' | 'fenced'

/** What became of each of several commits, in their order. */
export type CommitOutcome = PromiseSettledResult<CommitAnswer>

interface Waiting<Commit> {
  readonly commit: Commit
  readonly resolve: (answer: CommitAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Sends commits that are made in the same turn of the event loop together: thousands of partitions are projected at once. */
export class CommitGathering<Commit extends CommittedOffset> {
  readonly #send: (commits: readonly Commit[]) => Promise<readonly CommitOutcome[]>
  #waiting = new Map<string, Waiting<Commit>>()

  /** `send` takes no partition twice. When it rejects, it is not known of any commit whether it was taken. */
  constructor(send: (commits: readonly Commit[]) => Promise<readonly CommitOutcome[]>) {
    this.#send = send
  }

  commit(commit: Commit): Promise<CommitAnswer> {
    return new Promise((resolve, reject) => {
      const partition = partitionText(commit)
      // What is committed later goes later.
      if (this.#waiting.has(partition)) this.#flush()
      if (this.#waiting.size === 0) setImmediate(() => this.#flush())
      this.#waiting.set(partition, { commit, resolve, reject })
    })
  }

  #flush(): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    if (waiting.length > 0) void this.#sendAll(waiting)
  }

  async #sendAll(waiting: readonly Waiting<Commit>[]): Promise<void> {
    try {
      const outcomes = await this.#send(waiting.map(({ commit }) => commit))
      for (const [index, { resolve, reject }] of waiting.entries()) {
        const outcome = outcomes[index]!
        if (outcome.status === 'fulfilled') resolve(outcome.value)
        else reject(outcome.reason)
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }
}
