import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { now } from '../latency/clock.ts'
import type { Sighting } from '../latency/visible-latencies.ts'

/** Between an answer and the next question: of thousands of partitions each costs milliseconds. */
const REST_MS = 40

/** Asks a table of events again and again how far a query sees what the log took since the watch began. */
export class TableWatch {
  readonly #store: ReadModelStore
  readonly #since = Math.floor(now())
  readonly #sightings: Sighting[] = []
  readonly #looking: Promise<void>
  #isOver = false

  constructor(store: ReadModelStore) {
    this.#store = store
    this.#looking = this.#keepLooking()
  }

  /** Looks once more; answers with all that was seen, in the order of time. */
  async end(): Promise<readonly Sighting[]> {
    this.#isOver = true
    await this.#looking
    await this.#look()
    return this.#sightings
  }

  async #keepLooking(): Promise<void> {
    while (!this.#isOver) {
      await this.#look()
      await new Promise((resolve) => setTimeout(resolve, REST_MS))
    }
  }

  async #look(): Promise<void> {
    const answer = await this.#store.query<{ topic: string; partition: number; highest: string }>({
      sql: `SELECT topic, partition, toString(max(offset)) AS highest FROM ${this.#store.table('events')}
        WHERE logged_at >= fromUnixTimestamp64Milli({since:Int64}) GROUP BY topic, partition`,
      params: { since: String(this.#since) },
    })
    const at = now()
    for (const { topic, partition, highest } of answer) {
      this.#sightings.push({ partition: `${topic}/${partition}`, offset: Number(highest), at })
    }
  }
}
