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
 * - `Unauthorized`: a server over HTTP does not know the key, or needs one.
 * - `Forbidden`: the key may not do that: it has another role, or is another tenant's; `field` may say what of the event is at fault.
 * - `TooManyRequests`: the key has asked for, or sent, as much as it may for now.
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
  | 'Unauthorized'
  | 'Forbidden'
  | 'TooManyRequests'
  | 'Interrupted'

export interface ErrorDetails {
  /** Path of the faulty field, such as `event.data.tokens` or `event.data.contract_results[0].passed`. */
  field?: string
  /** Whether the same call may succeed later. Default: true for `Unavailable`, `Lagging` and `TooManyRequests` only. */
  retryable?: boolean
  cause?: unknown
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['Unavailable', 'Lagging', 'TooManyRequests'])

/** The one error class of this package. */
export class ExperienceError extends Error {
  override readonly name = 'ExperienceError'
  /** What went wrong. */
  readonly code: ErrorCode
  /** Path of the faulty field, such as `event.data.tokens`; for `InvalidQuery` and `Forbidden` only. */
  readonly field: string | undefined
  /** Whether the same call may succeed later. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.field = details.field
    this.retryable = details.retryable ?? RETRYABLE.has(code)
  }
}
