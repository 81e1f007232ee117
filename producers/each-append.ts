import type { ExperienceError } from '../base/experience-error.ts'
import type { Position } from '../base/position.ts'
import type { AppendCall } from './append-call.ts'
import type { OpenCalls } from './open-calls.ts'

/** Who is told what became of each event of a list, by its place in the list. */
export interface EachAnswer {
  /** The log holds the event. */
  stored(place: number, position: Position): void
  /** The event is wrong (`InvalidQuery`), or the log failed, and may hold it. */
  failed(place: number, error: ExperienceError): void
  /** All events of the list are answered for. */
  settled(): void
}

/** A call with a list of events, each of which is answered for by itself: without a promise for each. */
export class EachAppend implements AppendCall {
  readonly #answer: EachAnswer
  readonly #open: OpenCalls
  #left: number

  constructor(count: number, answer: EachAnswer, open: OpenCalls) {
    this.#left = count
    this.#answer = answer
    this.#open = open
    open.enter()
    if (count === 0) this.#settle()
  }

  isWithdrawn(): boolean {
    return false
  }

  stored(place: number, position: Position): void {
    this.#answer.stored(place, position)
    if (--this.#left === 0) this.#settle()
  }

  failed(place: number, error: ExperienceError): void {
    this.#answer.failed(place, error)
    if (--this.#left === 0) this.#settle()
  }

  withdrawn(): void {}

  #settle(): void {
    this.#answer.settled()
    this.#open.leave()
  }
}
