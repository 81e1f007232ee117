import type { Observer } from '../base/observer.ts'
import type { Position } from '../base/position.ts'
import type { AppendRequest, EventLog } from '../log/event-log.ts'
import type { ExperienceError } from '../base/experience-error.ts'
import { appendAll } from './append-all.ts'
import { asExperienceError } from './append-call.ts'
import { Linger } from './linger.ts'
import type { ReadyEvent, TopicLane } from './topic-lane.ts'

export interface BatchLimits {
  /** How long an event may wait for others to share its append, ms, while an append is under way. */
  readonly lingerMs: number
  /** Bytes of records after which an append goes out without waiting. */
  readonly batchBytes: number
  /** Events after which an append goes out without waiting. */
  readonly batchCount: number
  readonly observer: Observer
}

/** What the sender tells: bytes have become free, or the log has refused records of the topics as too large. */
export interface SenderEvents {
  released(bytes: number): void
  refused(lanes: readonly TopicLane[]): void
}

interface Batch {
  readonly events: ReadyEvent[]
  readonly requests: AppendRequest[]
  /** The topics in it, and the bytes of each. */
  readonly shares: { readonly lane: TopicLane; readonly bytes: number }[]
  bytes: number
  /** Whether it is the append of one suspect topic. */
  readonly isSuspect: boolean
}

function emptyBatch(): Batch {
  return { events: [], requests: [], shares: [], bytes: 0, isSuspect: false }
}

/** Appends of suspect topics at a time: when the whole log is down, there are as many of these as tenants. */
const MAX_SUSPECT_APPENDS = 32

/**
 * Gathers ready events of all topics into shared appends: with thousands of quiet tenants an append for each would be too
 * many. While an append is under way, events wait for company; an idle log takes at once what comes in one turn of the event
 * loop, since who waits for each append would else wait for nobody (Nagle's rule: RFC 896). A topic whose append failed goes alone until one succeeds, so that it fails others once at most.
 */
export class BatchSender {
  readonly #log: EventLog
  readonly #limits: BatchLimits
  readonly #events: SenderEvents
  readonly #linger: Linger
  /** Topics with ready events and no append under way, and what they have. */
  readonly #lanes = new Set<TopicLane>()
  #readyBytes = 0
  #readyCount = 0
  /** Appends under way. */
  #appends = 0
  #suspectAppends = 0
  #droppedBytes = 0

  constructor(log: EventLog, limits: BatchLimits, events: SenderEvents) {
    this.#log = log
    this.#limits = limits
    this.#events = events
    this.#linger = new Linger(() => this.sendReady())
  }

  /** Takes an event that has room. */
  add(lane: TopicLane, event: ReadyEvent): void {
    lane.ready.push(event)
    lane.heldBytes += event.bytes
    if (lane.isAppending) return
    this.#lanes.add(lane)
    this.#readyBytes += event.bytes
    this.#readyCount++
    if (this.#isFull(this.#readyBytes, this.#readyCount)) this.sendReady()
    else this.#linger.start(this.#appends === 0 ? 0 : this.#limits.lingerMs)
  }

  /** Sends what is ready now, in as many appends as it takes. */
  sendReady(): void {
    this.#linger.stop()
    const lanes = [...this.#lanes]
    this.#lanes.clear()
    this.#readyBytes = 0
    this.#readyCount = 0
    let shared = emptyBatch()
    for (const lane of lanes) {
      if (lane.isSuspect) {
        this.#sendAlone(lane)
        continue
      }
      this.#fill(shared, lane)
      if (this.#isFull(shared.bytes, shared.events.length)) {
        this.#send(shared)
        shared = emptyBatch()
      }
    }
    this.#send(shared)
  }

  #isFull(bytes: number, count: number): boolean {
    return bytes >= this.#limits.batchBytes || count >= this.#limits.batchCount
  }

  /** Moves ready events of the topic into the batch, in order, until it is full. */
  #fill(batch: Batch, lane: TopicLane): Batch {
    const before = batch.bytes
    while (!this.#isFull(batch.bytes, batch.events.length)) {
      const event = lane.ready.shift()
      if (event === undefined) break
      if (event.call.isWithdrawn(event.index)) {
        this.#drop(lane, event)
        continue
      }
      batch.events.push(event)
      batch.requests.push(event.request)
      batch.bytes += event.bytes
    }
    if (batch.bytes > before) {
      lane.isAppending = true
      batch.shares.push({ lane, bytes: batch.bytes - before })
    }
    return batch
  }

  #drop(lane: TopicLane, event: ReadyEvent): void {
    lane.heldBytes -= event.bytes
    event.call.withdrawn(event.index)
    // Later, since it may bring in new events, which must not overtake those that are being sent.
    if (this.#droppedBytes === 0) queueMicrotask(() => this.#releaseDropped())
    this.#droppedBytes += event.bytes
  }

  #releaseDropped(): void {
    const bytes = this.#droppedBytes
    this.#droppedBytes = 0
    this.#events.released(bytes)
  }

  #sendAlone(lane: TopicLane): void {
    if (this.#suspectAppends >= MAX_SUSPECT_APPENDS) {
      // Until one of them ends.
      this.#lanes.add(lane)
      return
    }
    const batch = this.#fill({ ...emptyBatch(), isSuspect: true }, lane)
    if (batch.events.length > 0) this.#suspectAppends++
    this.#send(batch)
  }

  #send(batch: Batch): void {
    if (batch.events.length > 0) void this.#append(batch)
  }

  async #append(batch: Batch): Promise<void> {
    this.#appends++
    try {
      this.#stored(
        batch,
        await appendAll(this.#log, batch.requests, { atomic: false, observer: this.#limits.observer }),
      )
    } catch (error) {
      this.#failed(batch, asExperienceError(error))
    }
    this.#appends--
    if (batch.isSuspect) this.#suspectAppends--
    for (const { lane, bytes } of batch.shares) this.#resume(lane, bytes)
    // Before there is room for more, so that encoding more overlaps with the append.
    this.sendReady()
    this.#events.released(batch.bytes)
  }

  #stored(batch: Batch, positions: readonly Position[]): void {
    for (const { lane } of batch.shares) lane.isSuspect = false
    // By index: a million times a second, `entries` shows.
    for (let place = 0; place < positions.length; place++) {
      const { call, index } = batch.events[place]!
      call.stored(index, positions[place]!)
    }
  }

  #failed(batch: Batch, error: ExperienceError): void {
    const lanes = batch.shares.map(({ lane }) => lane)
    for (const lane of lanes) lane.isSuspect = true
    if (error.code === 'InvalidQuery') this.#events.refused(lanes)
    for (const { call, index } of batch.events) call.failed(index, error)
  }

  #resume(lane: TopicLane, bytes: number): void {
    lane.isAppending = false
    lane.heldBytes -= bytes
    if (lane.ready.size > 0) this.#lanes.add(lane)
  }
}
