import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import type { AppendRequest } from '../log/event-log.ts'
import type { Stamp } from './append-clock.ts'
import type { AppendCall } from './append-call.ts'
import type { AtomicAppend } from './atomic-append.ts'
import { Fifo } from './fifo.ts'

/** An event on its way to the log. One object all the way, since there are very many. */
export interface PendingEvent {
  readonly kind: 'event'
  readonly call: AppendCall
  /** Its place in the call's list. */
  readonly index: number
  /** The event until it is encoded, and null from then on; also where it came encoded. */
  envelope: ExperienceEventEnvelope | null
  request: AppendRequest | null
  /** When it was appended, until it is encoded. */
  stamp: Stamp | null
  /** Bytes that the record takes in the log, once it is measured. */
  bytes: number
}

/** An event that is encoded. */
export interface ReadyEvent extends PendingEvent {
  request: AppendRequest
}

/**
 * The way of one topic's events to the log. One append at a time is under way, so that the order of the calls is the order in
 * the log, and a topic whose appends hang holds up no other.
 */
export class TopicLane {
  readonly topic: string
  /** Bytes that one record may take; null until the log has said it. */
  maxRecordBytes: number | null = null
  /** Whether the log is being asked for it. */
  isMeasuring = false
  /** What has not been encoded yet, since there was no room or the limit is not known. */
  readonly waiting: Fifo<PendingEvent | AtomicAppend<TopicLane>> = new Fifo()
  /** Whether what waits is stamped when it is let in, since what waited before it was: times in a topic rise. */
  isLate = false
  /** What goes out with the next append. */
  readonly ready = new Fifo<ReadyEvent>()
  /** Bytes that are ready or under way. */
  heldBytes = 0
  isAppending = false
  /** Whether the last append failed: until one succeeds, the topic shares none with others. */
  isSuspect = false

  constructor(topic: string) {
    this.topic = topic
  }
}
