import type { Offset, TopicPartition } from './position.ts'

/** An append that the log has answered. */
export interface ObservedAppend {
  readonly events: number
  readonly bytes: number
  readonly seconds: number
}

/** A batch of the log's records that the tables have by now. */
export interface ObservedBatch {
  readonly records: number
  /** Rows of events that were inserted. */
  readonly rows: number
  /** Records of events that the tables had already: of the same tenant, id and content. */
  readonly duplicates: number
  /** Records that were put aside since they are no events, by their reasons. */
  readonly deadLetters: ReadonlyMap<string, number>
  /** How long its steps took, seconds: looking for what the tables have, inserting, committing; and all of it, waiting included. */
  readonly seconds: { readonly look: number; readonly insert: number; readonly commit: number; readonly all: number }
}

/** The records of a partition from `first` on, as far as `next`. */
export interface ObservedRange extends TopicPartition {
  readonly first: Offset
  readonly next: Offset
}

/**
 * Hears what a process does, and what its operator should know of but has not to wait for. Of events it hears by the batch, never by the
 * single one, so that nobody pays for it. What is left out is not listened to. It must not throw.
 */
export interface Observer {
  readonly appended?: (append: ObservedAppend) => void
  /** The log refused so many events, or did not answer; `code` is an error's. */
  readonly notAppended?: (events: number, code: string) => void
  /** Readers see a batch; not told of rebuilds, which fill tables that nobody reads yet. */
  readonly projected?: (batch: ObservedBatch) => void
  /** A range could not be projected, and is tried again: told once for each error, with the first of the ranges that it came with. */
  readonly notProjected?: (error: unknown, range: ObservedRange) => void
  /** The projector of this process went over to another generation, of that id. */
  readonly switched?: (generation: string) => void
  /** A topic is held, and why, in words; not told of those that were held when this process began to look. */
  readonly held?: (topic: string, notice: string) => void
  /** A topic is no longer held. */
  readonly released?: (topic: string) => void
  /** One of the queries that a question takes was answered by the tables, or failed, after so many seconds. */
  readonly asked?: (question: string, seconds: number) => void
}

/** Nobody listens. */
export const NOBODY_LISTENS: Observer = {}
