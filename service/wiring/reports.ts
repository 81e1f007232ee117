import type { Observer } from '../../base/observer.ts'
import type { HeldTopic } from '../../operations/holds/held-topic.ts'
import type { RecordBatch } from '../../log/event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'

/** Told of ranges that could not be projected and will be tried again. */
export type ReportFailure = (error: unknown, batch: RecordBatch) => void

/** Told of what an operator should know of, but has not to wait for. */
export interface Reports extends Observer {
  /** The projector of this process went over to another generation. */
  readonly switched?: (to: Generation) => void
  /** A topic is held, or no longer; not of those that were held when this was opened. */
  readonly held?: (topic: HeldTopic, change: 'held' | 'released') => void
}
