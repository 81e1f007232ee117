import { partitionIds } from './stored-record.ts'
import type { LmdbTables } from './lmdb-tables.ts'

/** The counter of appends, that is of transactions, of all processes. */
export const APPENDS = 'appends'
/** Appends that are remembered: who looks every 50 ms misses none below 20,000 a second. */
const REMEMBERED = 1000
/** Of an append that wrote to more partitions, none is remembered: looking at all takes hardly longer. */
const PARTITIONS = 1000

/** Ids of partitions, or `any` where it is not known which. */
export type Grown = ReadonlySet<string> | 'any'

const NONE: Grown = new Set()

/** Which partitions the latest appends wrote to, so that whoever follows thousands of them need not look at each. */
export class LmdbChanges {
  readonly #tables: LmdbTables

  constructor(tables: LmdbTables) {
    this.#tables = tables
  }

  /** Notes an append. To be called in its transaction. */
  note(partitions: readonly Buffer[]): void {
    const { counters, changes } = this.#tables
    const append = this.appends() + 1
    counters.putSync(APPENDS, append)
    if (partitions.length <= PARTITIONS) changes.putSync(append, Buffer.concat(partitions))
    changes.removeSync(append - REMEMBERED)
  }

  /** How many appends there were, by the transaction or snapshot at hand. */
  appends(): number {
    return this.#tables.counters.get(APPENDS) ?? 0
  }

  /** The partitions that the appends `(after, upTo]` wrote to. */
  between(after: number, upTo: number): Grown {
    if (upTo - after > REMEMBERED) return 'any'
    const grown = new Set<string>()
    for (let append = after + 1; append <= upTo; append++) {
      const partitions = this.#tables.changes.get(append)
      // Another release may have appended.
      if (partitions === undefined) return 'any'
      for (const id of partitionIds(partitions)) grown.add(id)
    }
    return grown.size === 0 ? NONE : grown
  }
}
