/** When an event was appended: comparing both numbers gives the order of one process's appends to its topics. */
export interface Stamp {
  /** ms since the epoch */
  readonly timestamp: number
  /** How often appends have gone to another topic within this millisecond: those of one topic have the log's own order. */
  readonly sequence: number
}

/** A clock that was set back by more than this is believed; by less, time stands still until the clock is where it was. */
const BELIEVED_MS = 1000
/** An event that has waited longer for room in the log is stamped when it is let in: the log did not take it before. */
const LATE_MS = 1000

/**
 * Stamps appends. Milliseconds alone would not tell their order: one has a hundred appends. One clock serves all producers of a
 * process, so that their appends have one order (docs/decisions/0025).
 */
export class AppendClock {
  readonly #now: () => number
  #last: Stamp = { timestamp: -Infinity, sequence: 0 }
  #topic = ''

  /** `now`: the present time, ms since the epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The stamp of an append to the topic, which is made now. */
  stamp(topic: string): Stamp {
    const now = this.#now()
    const { timestamp, sequence } = this.#last
    if (now > timestamp || now < timestamp - BELIEVED_MS) this.#last = { timestamp: now, sequence: 0 }
    else if (topic !== this.#topic) this.#last = { timestamp, sequence: sequence + 1 }
    this.#topic = topic
    return this.#last
  }

  /** Whether a stamp of that time is too old to say when the log took the event. */
  isLate(timestamp: number): boolean {
    return this.#now() - timestamp > LATE_MS
  }
}

/** The clock of this process. */
export const processClock = new AppendClock(Date.now)
