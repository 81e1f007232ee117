import { namedQueriesOf } from '../../../../operations/named-queries/named-queries-of.ts'
import type { NamedQuery } from '../../../../operations/named-queries/named-query.ts'
import type { OperationsLog } from '../../../../operations/log/operations-log.ts'

/** How long the named queries are as they were, ms: what another process has changed is seen within that. */
const KNOWN_FOR_MS = 1000

/** The named queries of the operations log, as they stood a second ago at most. */
export class NamedQueries {
  readonly #operations: OperationsLog
  #queries: readonly NamedQuery[] | null = null
  #operationsSeen = 0
  #knownAt = 0

  constructor(operations: OperationsLog) {
    this.#operations = operations
  }

  /** By name. Errors: `Unavailable`, `StorageError`, as long as none were ever read. */
  async recent(): Promise<readonly NamedQuery[]> {
    const known = this.#queries
    if (known !== null && performance.now() - this.#knownAt < KNOWN_FOR_MS) return known
    try {
      return await this.now()
    } catch (error) {
      if (known === null) throw error
      // A log that cannot be reached is told of where keys are looked up; what is stored in it is asked for meanwhile.
      return known
    }
  }

  /** As they are now. Errors: `Unavailable`, `StorageError`. */
  async now(): Promise<readonly NamedQuery[]> {
    const asked = performance.now()
    const operations = await this.#operations.read()
    if (this.#queries === null || operations.length !== this.#operationsSeen) this.#queries = namedQueriesOf(operations)
    this.#operationsSeen = operations.length
    this.#knownAt = asked
    return this.#queries
  }
}
