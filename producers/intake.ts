import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import type { ExperienceError } from '../base/experience-error.ts'
import type { Observer } from '../base/observer.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'
import { checkRecordSize, recordBytes } from '../log/record-size.ts'
import { asExperienceError, type AppendCall } from './append-call.ts'
import { AtomicAppend } from './atomic-append.ts'
import { BatchSender, type BatchLimits } from './batch-sender.ts'
import type { EventEncoder } from './encode-event.ts'
import type { OpenCalls } from './open-calls.ts'
import { Room } from './room.ts'
import type { PendingEvent, ReadyEvent, TopicLane } from './topic-lane.ts'
import { TopicLanes } from './topic-lanes.ts'

export interface IntakeOptions extends BatchLimits {
  /** Bytes of encoded records that may wait for the log's answer. */
  readonly maxInFlightBytes: number
}

/**
 * Lets events in as there is room: encodes and measures them, and hands them to the sender. Events of a topic come in by the
 * order of the calls; topics that wait take turns.
 */
export class Intake {
  /** Whether what is let in goes out without waiting for more. */
  isHurried = false
  readonly #log: EventLog
  readonly #observer: Observer
  readonly #encoder: EventEncoder
  readonly #room: Room
  readonly #sender: BatchSender
  readonly #lanes: TopicLanes
  /** Topics with waiting events, the one whose turn is next first. */
  readonly #waiting = new Set<TopicLane>()
  /** Told when nothing waits. */
  readonly #onReady: (() => void)[] = []
  /** Whether something waits for room that it will only get when nothing else is let in. */
  #isReserved = false

  constructor(log: EventLog, encoder: EventEncoder, options: IntakeOptions) {
    this.#log = log
    this.#observer = options.observer
    this.#encoder = encoder
    this.#room = new Room(options.maxInFlightBytes)
    this.#lanes = new TopicLanes(log, () => this.admitWaiting())
    this.#sender = new BatchSender(log, options, {
      released: (bytes) => {
        this.#room.release(bytes)
        this.admitWaiting()
      },
      refused: (lanes) => this.#lanes.measureAgain(lanes),
    })
  }

  /** Bytes of encoded records that have not been answered for. */
  get inFlightBytes(): number {
    return this.#room.used
  }

  /** Takes a valid event: at once if there is room, else when its turn comes. */
  add(call: AppendCall, index: number, envelope: ExperienceEventEnvelope): void {
    let topic: string
    try {
      topic = this.#encoder.topicOf(envelope.tenant_id)
    } catch (error) {
      call.failed(index, asExperienceError(error))
      return
    }
    const stamp = this.#encoder.stamp(topic)
    this.#take(topic, { kind: 'event', call, index, envelope, request: null, stamp, bytes: 0 })
  }

  /** As `add`, for an event that is encoded. */
  addEncoded(call: AppendCall, index: number, request: AppendRequest): void {
    this.#take(request.topic, { kind: 'event', call, index, envelope: null, request, stamp: null, bytes: 0 })
  }

  #take(topic: string, event: PendingEvent): void {
    const lane = this.#lanes.of(topic)
    const mayPass = lane.waiting.size === 0 && lane.maxRecordBytes !== null && !this.#isReserved
    if (mayPass && this.#admit(lane, event)) return
    lane.waiting.push(event)
    this.#waiting.add(lane)
  }

  /** Takes valid events that go out together, after what their topics hold already and before what comes later. */
  addAtomic(
    envelopes: readonly ExperienceEventEnvelope[],
    resolve: (positions: Position[]) => void,
    reject: (error: ExperienceError) => void,
    open: OpenCalls,
  ): void {
    const events = envelopes.map((envelope) => {
      const topic = this.#encoder.topicOf(envelope.tenant_id)
      return { envelope, topic, stamp: this.#encoder.stamp(topic) }
    })
    const lanes = new Set(events.map(({ topic }) => this.#lanes.of(topic)))
    const atomic = new AtomicAppend([...lanes], events, resolve, reject, open)
    for (const lane of lanes) {
      lane.waiting.push(atomic)
      this.#waiting.add(lane)
    }
    // What it has to wait for should not wait for company.
    this.#sender.sendReady()
    this.admitWaiting()
  }

  /** Lets in what there is room for. */
  admitWaiting(): void {
    this.#isReserved = false
    const lanes = Array.from(this.#waiting)
    for (const lane of lanes) {
      this.#admitFrom(lane)
      if (this.#isReserved) break
    }
    if (this.#waiting.size === 0) for (const resume of this.#onReady.splice(0)) resume()
    if (this.isHurried) this.#sender.sendReady()
  }

  /** Resolves when nothing waits for room. */
  async ready(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => this.#onReady.push(resolve))
  }

  /** Sends what is let in without waiting for more. */
  sendReady(): void {
    this.#sender.sendReady()
  }

  #admitFrom(lane: TopicLane): void {
    let admitted = 0
    for (let next = lane.waiting.peek(); next !== undefined; next = lane.waiting.peek()) {
      if (!this.#admitNext(lane, next)) {
        // To the end of the line, if it had its turn.
        if (admitted > 0) {
          this.#waiting.delete(lane)
          this.#waiting.add(lane)
        }
        return
      }
      lane.waiting.shift()
      admitted++
    }
    lane.isLate = false
    this.#waiting.delete(lane)
  }

  #admitNext(lane: TopicLane, next: PendingEvent | AtomicAppend<TopicLane>): boolean {
    if (next.kind === 'atomic') return this.#admitAtomic(next)
    if (lane.maxRecordBytes === null) return false
    this.#stampIfLate(lane, next)
    return this.#admit(lane, next)
  }

  #stampIfLate(lane: TopicLane, event: PendingEvent): void {
    const { request, stamp } = event
    lane.isLate ||= this.#encoder.isLate(request?.record.timestamp ?? stamp?.timestamp ?? 0)
    if (!lane.isLate) return
    if (request === null) event.stamp = this.#encoder.stamp(lane.topic)
    else {
      event.request = this.#encoder.stampAnew(request)
      event.bytes = 0
    }
  }

  /** Lets an event in, or settles it otherwise; false if there is no room. */
  #admit(lane: TopicLane, event: PendingEvent): boolean {
    const { call, index } = event
    if (call.isWithdrawn(index)) {
      call.withdrawn(index)
      return true
    }
    try {
      const ready = this.#encode(lane, event)
      if (!this.#room.take(ready.bytes, lane.heldBytes)) {
        this.#isReserved = lane.heldBytes === 0
        return false
      }
      this.#sender.add(lane, ready)
    } catch (error) {
      call.failed(index, asExperienceError(error))
    }
    return true
  }

  #encode(lane: TopicLane, event: PendingEvent): ReadyEvent {
    event.request ??= this.#encoder.encode(event.envelope!, event.stamp!)
    event.envelope = null
    event.stamp = null
    if (event.bytes === 0) {
      event.bytes = recordBytes(event.request.record)
      checkRecordSize(event.bytes, lane.maxRecordBytes ?? 0)
    }
    return event as ReadyEvent
  }

  /** Whether the list is out of the way; while it waits or is under way, it holds its topics up. */
  #admitAtomic(atomic: AtomicAppend<TopicLane>): boolean {
    if (atomic.state === 'done') return true
    if (atomic.state === 'under-way' || !atomic.isDue()) return false
    if (!atomic.encode(this.#encoder)) {
      // Its other topics may have been passed already.
      queueMicrotask(() => this.admitWaiting())
      return true
    }
    if (!this.#room.take(atomic.bytes, 0)) {
      this.#isReserved = true
      return false
    }
    void this.#sendAtomic(atomic)
    return false
  }

  async #sendAtomic(atomic: AtomicAppend<TopicLane>): Promise<void> {
    const answer = await atomic.send(this.#log, this.#observer)
    this.#room.release(atomic.bytes)
    if (answer === 'refused') this.#lanes.measureAgain(atomic.lanes)
    this.admitWaiting()
  }
}
