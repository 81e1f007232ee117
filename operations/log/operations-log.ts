import { hostname, userInfo } from 'node:os'
import { offset, type Offset } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { LoggedOperation, Operation } from './operation.ts'
import { OperationsReader } from './operations-reader.ts'

/** One key, so that all operations stand in one partition: their order decides which of two that exclude each other counts. */
const KEY = 'operations'

/**
 * What operators did, in a topic of its own: an audit trail, and how processes that share nothing but the log agree. Each operation
 * is a JSON text; it says what was decided, and whoever reads it does what is left to do.
 */
export class OperationsLog {
  readonly #log: EventLog
  readonly #topics: TenantTopics
  readonly #by: string
  readonly #reader: OperationsReader

  /** `by` tells who does what is appended; default: the user of this process. */
  constructor(
    log: EventLog,
    topics: TenantTopics,
    by = `${userName()}@${hostname()}`,
    reader = new OperationsReader(log, topics.operationsTopic),
  ) {
    this.#log = log
    this.#topics = topics
    this.#by = by
    this.#reader = reader
  }

  /** The same log, for what somebody else does through this process. */
  as(by: string): OperationsLog {
    return new OperationsLog(this.#log, this.#topics, by, this.#reader)
  }

  /** The offset behind the operations that were read. */
  get readUpTo(): Offset {
    return this.#reader.readUpTo
  }

  /** Returns the offset behind it. Errors: `Unavailable`, `StorageError`. */
  async append(operation: Operation): Promise<Offset> {
    const now = Date.now()
    const body = { at: new Date(now).toISOString(), by: this.#by, operation }
    const value = Buffer.from(JSON.stringify(body))
    const headers = { 'operation.type': operation.type }
    const record = { key: KEY, value, headers, timestamp: now }
    const [position] = await this.#log.append([{ topic: this.#topics.operationsTopic, record }])
    return offset(position!.offset + 1n)
  }

  /** All operations up to now, in their order. Errors: `Unavailable`, `StorageError`. */
  read(): Promise<readonly LoggedOperation[]> {
    return this.#reader.read()
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
