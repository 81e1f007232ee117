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

/**
 * Hears what producers and projectors do, batch by batch: never by the single event, so that nobody pays for it. What is left out is not
 * listened to. It must not throw.
 */
export interface Observer {
  readonly appended?: (append: ObservedAppend) => void
  /** The log refused so many events, or did not answer; `code` is an error's. */
  readonly notAppended?: (events: number, code: string) => void
  readonly projected?: (batch: ObservedBatch) => void
}

/** Nobody listens. */
export const NOBODY_LISTENS: Observer = {}
