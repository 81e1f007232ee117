import { offset, type Offset } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import { Operation, type LoggedOperation } from './operation.ts'

/** The operations of a topic, each read once, whoever asks. */
export class OperationsReader {
  readonly #log: EventLog
  readonly #topic: string
  readonly #operations: LoggedOperation[] = []
  readonly #next = new Map<number, Offset>()
  #reading: Promise<void> = Promise.resolve()

  constructor(log: EventLog, topic: string) {
    this.#log = log
    this.#topic = topic
  }

  /** The offset behind the operations that were read. */
  get readUpTo(): Offset {
    return [...this.#next.values()].reduce((last, each) => (each > last ? each : last), offset(0))
  }

  /** All operations up to now, in their order. Errors: `Unavailable`, `StorageError`. */
  async read(): Promise<readonly LoggedOperation[]> {
    // One at a time: two at once would read the same records.
    const reading = this.#reading.then(() => this.#readNew())
    this.#reading = reading.catch(() => undefined)
    await reading
    return this.#operations
  }

  async #readNew(): Promise<void> {
    const held = await this.#log.offsets([this.#topic])
    const ranges = held
      .map(({ topic, partition, earliest, next }) => {
        const read = this.#next.get(partition) ?? offset(0)
        return { topic, partition, from: read > earliest ? read : earliest, to: next }
      })
      .filter(({ from, to }) => from < to)
    if (ranges.length === 0) return
    for await (const { partition, records, next } of this.#log.read(ranges)) {
      for (const { value } of records) {
        const operation = parse(value)
        if (operation !== null) this.#operations.push(operation)
      }
      this.#next.set(partition, next)
    }
  }
}

/** Null for what this release does not know: a newer one may log more. */
function parse(value: Uint8Array | null): LoggedOperation | null {
  try {
    const { at, by, operation } = JSON.parse(Buffer.from(value ?? []).toString()) as Record<string, unknown>
    return { at: String(at), by: String(by), operation: Operation.parse(operation) }
  } catch {
    return null
  }
}
