import { hostname, userInfo } from 'node:os'
import { offset, type Offset } from '../../base/position.ts'
import { type EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { Operation, type LoggedOperation } from './operation.ts'

/** One key, so that all operations stand in one partition: their order decides which of two that exclude each other counts. */
const KEY = 'operations'

/**
 * What operators did, in a topic of its own: an audit trail, and how processes that share nothing but the log agree. Each operation
 * is a JSON text; it says what was decided, and whoever reads it does what is left to do.
 */
export class OperationsLog {
  readonly #log: EventLog
  readonly #topic: string
  readonly #operations: LoggedOperation[] = []
  readonly #next = new Map<number, Offset>()
  #reading: Promise<void> = Promise.resolve()

  constructor(log: EventLog, topics: TenantTopics) {
    this.#log = log
    this.#topic = topics.operationsTopic
  }

  /** The offset behind the operations that were read. */
  get readUpTo(): Offset {
    return [...this.#next.values()].reduce((last, each) => (each > last ? each : last), offset(0))
  }

  /**
   * Returns the offset behind it. `by` tells who did it; default: the user of this process. Errors: `Unavailable`, `StorageError`.
   */
  async append(operation: Operation, by = `${userName()}@${hostname()}`): Promise<Offset> {
    const now = Date.now()
    const body = { at: new Date(now).toISOString(), by, operation }
    const value = Buffer.from(JSON.stringify(body))
    const headers = { 'operation.type': operation.type }
    const record = { key: KEY, value, headers, timestamp: now }
    const [position] = await this.#log.append([{ topic: this.#topic, record }])
    return offset(position!.offset + 1n)
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

/** A container may run under an id that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
