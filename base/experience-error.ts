/**
 * What went wrong, so that a caller can act on it. The first three are the error variants of the reference store.
 *
 * - `InvalidQuery`: an event or a question is wrong; `field` says where. Do not send it again as it is.
 * - `NotFound`: nothing has the id that was asked for.
 * - `StorageError`: the log, the registry or the read model rejected the request, or failed.
 * - `Unavailable`: a server cannot be reached, or a data directory is in use; the message says which, and what to do.
 * - `Lagging`: the read model has not caught up with the log in the time allowed.
 * - `InvalidSettings`: the settings are wrong; the message names every fault.
 * - `TopicHeld`: a topic is held because most of its records are not events; the message names it, and the command that releases it.
 * - `TooManyDeadLetters`: the projector stopped because it can read no topic; the message says what to do.
 * - `FormMismatch`: another release made the live generation, and this one cannot project into it; the message says what to do.
 * - `Interrupted`: the user stopped the process before the answer was complete.
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
  /** What went wrong. */
  readonly code: ErrorCode
  /** Path of the faulty field, such as `event.data.tokens`; for `InvalidQuery` only. */
  readonly field: string | undefined
  /** Whether the same call may succeed later. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.field = details.field
    this.retryable = details.retryable ?? (code === 'Unavailable' || code === 'Lagging')
  }
}
