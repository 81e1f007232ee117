import { ExperienceError } from '../base/experience-error.ts'
import { faultOfListed } from '../base/fault-of-listed.ts'
import type { Position } from '../base/position.ts'
import type { OpenCalls } from './open-calls.ts'

/** One call of the producer that waits for its events, each of which is answered for exactly once. */
export interface AppendCall {
  /** Whether the event need not be sent any more, since an earlier one of its list has failed. */
  isWithdrawn(index: number): boolean
  /** The log holds the event. */
  stored(index: number, position: Position): void
  /** The log may not hold the event. */
  failed(index: number, error: ExperienceError): void
  /** The event was not sent, because `isWithdrawn`. */
  withdrawn(index: number): void
}

/** What was thrown, as this package's error. */
export function asExperienceError(error: unknown): ExperienceError {
  return error instanceof ExperienceError
    ? error
    : new ExperienceError('StorageError', 'the append failed', { cause: error })
}

/** A call with one event. */
export class SingleAppend implements AppendCall {
  readonly #resolve: (position: Position) => void
  readonly #reject: (error: ExperienceError) => void
  readonly #open: OpenCalls

  constructor(resolve: (position: Position) => void, reject: (error: ExperienceError) => void, open: OpenCalls) {
    this.#resolve = resolve
    this.#reject = reject
    this.#open = open
    open.enter()
  }

  isWithdrawn(): boolean {
    return false
  }

  stored(_index: number, position: Position): void {
    this.#resolve(position)
    this.#open.leave()
  }

  failed(_index: number, error: ExperienceError): void {
    this.#reject(error)
    this.#open.leave()
  }

  withdrawn(): void {}
}

/** A call with a list of events. It is answered when each of them is, with the first fault if there is one. */
export class ListAppend implements AppendCall {
  readonly #resolve: (positions: Position[]) => void
  readonly #reject: (error: ExperienceError) => void
  readonly #open: OpenCalls
  readonly #positions: Position[] = []
  #left: number
  #fault: { readonly index: number; readonly error: ExperienceError } | null = null

  constructor(
    count: number,
    resolve: (positions: Position[]) => void,
    reject: (error: ExperienceError) => void,
    open: OpenCalls,
  ) {
    this.#left = count
    this.#resolve = resolve
    this.#reject = reject
    this.#open = open
    open.enter()
    if (count === 0) this.#settle()
  }

  isWithdrawn(index: number): boolean {
    return this.#fault !== null && index > this.#fault.index
  }

  stored(index: number, position: Position): void {
    this.#positions[index] = position
    this.#answerOne()
  }

  failed(index: number, error: ExperienceError): void {
    if (this.#fault === null || index < this.#fault.index) this.#fault = { index, error }
    this.#answerOne()
  }

  withdrawn(): void {
    this.#answerOne()
  }

  #answerOne(): void {
    this.#left--
    if (this.#left === 0) this.#settle()
  }

  #settle(): void {
    if (this.#fault === null) this.#resolve(this.#positions)
    else this.#reject(faultOfListed(this.#fault.index, this.#fault.error))
    this.#open.leave()
  }
}
