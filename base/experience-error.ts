/**
 * What went wrong, as a caller may act on it. The first three are the reference store's error variants.
 *
 * - `InvalidQuery`: the input is wrong (an event or a question); `field` names where. Sending it again cannot help.
 * - `NotFound`: what was asked for by id does not exist.
 * - `StorageError`: the log, the registry or the read model refused or failed.
 * - `Unavailable`: a server cannot be reached, or a data directory is in use; the message says which and what to do.
 * - `Lagging`: the read model has not caught up with the log within the time allowed.
 * - `InvalidSettings`: the settings are wrong; the message names every fault.
 * - `TopicHeld`: a topic's records are mostly no events, so that it is held; the message names it and the command that releases it.
 * - `TooManyDeadLetters`: so many records of the log are no events that the projector stopped; the message says what to do.
 * - `FormMismatch`: this release cannot project into the live generation, which another made; the message says what to do.
 * - `Interrupted`: the user stopped the process before the answer was whole.
 */
export type ErrorCode =
  | 'InvalidQuery'
  | 'NotFound'
  | 'StorageError'
  | 'Unavailable'
  | 'Lagging'
  | 'InvalidSettings'
  | 'TopicHeld'
  | 'TooManyDeadLetters'
  | 'FormMismatch'
  | 'Interrupted'

export interface ErrorDetails {
  /** Path of the faulty field, such as `event.data.tokens` or `event.data.contract_results[0].passed`. */
  field?: string
  /** Whether the same call may succeed later. Default: true for `Unavailable` and `Lagging` only. */
  retryable?: boolean
  cause?: unknown
}

/** The one error class of this package. */
export class ExperienceError extends Error {
  override readonly name = 'ExperienceError'
  readonly code: ErrorCode
  readonly field: string | undefined
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.field = details.field
    this.retryable = details.retryable ?? (code === 'Unavailable' || code === 'Lagging')
  }
}
