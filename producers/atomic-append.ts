import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import type { ExperienceError } from '../base/experience-error.ts'
import { checkRecordSize, recordBytes } from '../log/record-size.ts'
import type { Observer } from '../base/observer.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'
import { appendAll } from './append-all.ts'
import { faultOfListed } from '../base/fault-of-listed.ts'
import { asExperienceError } from './append-call.ts'
import type { Stamp } from './append-clock.ts'
import type { EventEncoder } from './encode-event.ts'
import type { OpenCalls } from './open-calls.ts'

/** What it has to know of each topic that it touches. */
interface TouchedLane {
  readonly topic: string
  readonly maxRecordBytes: number | null
  readonly heldBytes: number
  readonly waiting: { peek(): unknown }
  /** Whether what waits is stamped when it is let in. */
  isLate: boolean
}

/** An event of the list. */
export interface ListedEvent {
  readonly envelope: ExperienceEventEnvelope
  readonly topic: string
  readonly stamp: Stamp
}

/** A list of events that go to the log together or not at all. It stands in the queue of each topic that it touches. */
export class AtomicAppend<Lane extends TouchedLane> {
  readonly kind = 'atomic'
  readonly lanes: readonly Lane[]
  state: 'waiting' | 'under-way' | 'done' = 'waiting'
  bytes = 0
  readonly #events: readonly ListedEvent[]
  readonly #resolve: (positions: Position[]) => void
  readonly #reject: (error: ExperienceError) => void
  readonly #open: OpenCalls
  #requests: AppendRequest[] | null = null

  constructor(
    lanes: readonly Lane[],
    events: readonly ListedEvent[],
    resolve: (positions: Position[]) => void,
    reject: (error: ExperienceError) => void,
    open: OpenCalls,
  ) {
    this.lanes = lanes
    this.#events = events
    this.#resolve = resolve
    this.#reject = reject
    this.#open = open
    open.enter()
  }

  /** Whether it is its turn in every topic, with nothing before it under way. */
  isDue(): boolean {
    return this.lanes.every(
      (lane) => lane.maxRecordBytes !== null && lane.heldBytes === 0 && lane.waiting.peek() === this,
    )
  }

  /** Encodes all events and checks their sizes; answers false, having failed the call, if one is at fault. */
  encode(encoder: EventEncoder): boolean {
    if (this.#requests !== null) return true
    const limits = new Map(this.lanes.map(({ topic, maxRecordBytes }) => [topic, maxRecordBytes ?? 0]))
    const requests: AppendRequest[] = []
    let bytes = 0
    const isLate = this.lanes.some((lane) => lane.isLate) || encoder.isLate(this.#events[0]?.stamp.timestamp ?? 0)
    if (isLate) for (const lane of this.lanes) lane.isLate = true
    for (const [index, { envelope, topic, stamp }] of this.#events.entries()) {
      try {
        const request = encoder.encode(envelope, isLate ? encoder.stamp(topic) : stamp)
        const size = recordBytes(request.record)
        checkRecordSize(size, limits.get(request.topic) ?? 0)
        requests.push(request)
        bytes += size
      } catch (error) {
        this.fail(faultOfListed(index, asExperienceError(error)))
        return false
      }
    }
    this.#requests = requests
    this.bytes = bytes
    return true
  }

  /**
   * Appends what was encoded, and answers the call. Never rejects; answers whether the log has refused a record as too large
   * after all.
   */
  async send(log: EventLog, observer: Observer): Promise<'answered' | 'refused'> {
    this.state = 'under-way'
    try {
      this.#resolve(await appendAll(log, this.#requests ?? [], { atomic: true, observer }))
      this.#settle()
      return 'answered'
    } catch (thrown) {
      const error = asExperienceError(thrown)
      this.#reject(error)
      this.#settle()
      return error.code === 'InvalidQuery' ? 'refused' : 'answered'
    }
  }

  /** Rejects the call, if nothing has been sent and it has not been answered. */
  fail(error: ExperienceError): void {
    if (this.state !== 'waiting') return
    this.#reject(error)
    this.#settle()
  }

  #settle(): void {
    this.state = 'done'
    this.#open.leave()
  }
}
