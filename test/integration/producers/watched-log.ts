import type { Position } from '../../../base/position.ts'
import type { AppendRequest, EventLog } from '../../../log/event-log.ts'

/** Stands before a real log: lets a test hold appends back, fail them before they reach it, and see how they were shared. */
export class WatchedLog implements EventLog {
  /** The appends that the producer asked for, in order. */
  readonly appends: { readonly requests: readonly AppendRequest[]; readonly atomic: boolean }[] = []
  /** Awaited before each append; throwing keeps the append from the log. */
  beforeAppend: (requests: readonly AppendRequest[]) => Promise<void> | void = () => {}
  beforeMaxRecordBytes: (topic: string) => Promise<void> | void = () => {}
  readonly #log: EventLog

  constructor(log: EventLog) {
    this.#log = log
  }

  async append(requests: readonly AppendRequest[], options?: { readonly atomic?: boolean }): Promise<Position[]> {
    this.appends.push({ requests: [...requests], atomic: options?.atomic ?? false })
    await this.beforeAppend(requests)
    return this.#log.append(requests, options)
  }

  describe: EventLog['describe'] = () => this.#log.describe()
  identity(): Promise<string> {
    return this.#log.identity()
  }

  async maxRecordBytes(topic: string): Promise<number> {
    await this.beforeMaxRecordBytes(topic)
    return this.#log.maxRecordBytes(topic)
  }

  topics: EventLog['topics'] = (prefix) => this.#log.topics(prefix)
  describeTopics: EventLog['describeTopics'] = (topics) => this.#log.describeTopics(topics)
  deleteTopics: EventLog['deleteTopics'] = (topics) => this.#log.deleteTopics(topics)
  offsets: EventLog['offsets'] = (topics) => this.#log.offsets(topics)
  offsetsAt: EventLog['offsetsAt'] = (topics, timestamp) => this.#log.offsetsAt(topics, timestamp)
  follow: EventLog['follow'] = (options) => this.#log.follow(options)
  read: EventLog['read'] = (ranges) => this.#log.read(ranges)
  committed: EventLog['committed'] = (group, topics) => this.#log.committed(group, topics)
  groupMembers: EventLog['groupMembers'] = (group) => this.#log.groupMembers(group)
  startGroup: EventLog['startGroup'] = (group, offsets) => this.#log.startGroup(group, offsets)
  deleteGroup: EventLog['deleteGroup'] = (group) => this.#log.deleteGroup(group)
  consumer: EventLog['consumer'] = (group, options) => this.#log.consumer(group, options)
  missingRights: EventLog['missingRights'] = (needed) => this.#log.missingRights(needed)
  close: EventLog['close'] = () => this.#log.close()
}

/** Something that waits until the test lets it go on. */
export class Gate {
  readonly #waiting: (() => void)[] = []
  #isOpen = false

  get waiting(): number {
    return this.#waiting.length
  }

  async pass(): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Lets everything pass from now on. */
  open(): void {
    this.#isOpen = true
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
