import type { AnsweredCode } from '../../base/answered-codes.ts'
import { ExperienceError, type ErrorCode } from '../../base/experience-error.ts'

/** One of several things that are wrong with a text, and where: lines and columns count from 1. */
export interface FaultInText {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly column: number
}

export interface HttpErrorDetails {
  /** What is at fault: a field of the body, a parameter, or a header. */
  readonly field?: string | undefined
  /** When the same request may succeed, seconds. */
  readonly retryAfterS?: number | undefined
  /** Everything that is wrong, where that is known by place. */
  readonly faults?: readonly FaultInText[]
  readonly cause?: unknown
}

/** An answer that is an error. The message is for the caller: it names no payload, no key, and nothing of other tenants. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly code: AnsweredCode
  readonly field: string | null
  readonly retryAfterS: number | null
  readonly faults: readonly FaultInText[] | undefined

  constructor(status: number, code: AnsweredCode, message: string, details: HttpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.status = status
    this.code = code
    this.field = details.field ?? null
    this.retryAfterS = details.retryAfterS ?? null
    this.faults = details.faults
  }
}

/** How an error of this package is answered. */
const ANSWERS: Readonly<Record<ErrorCode, readonly [status: number, code: AnsweredCode]>> = {
  InvalidQuery: [400, 'InvalidQuery'],
  NotFound: [404, 'NotFound'],
  StorageError: [500, 'StorageError'],
  Unavailable: [503, 'Unavailable'],
  Lagging: [503, 'Lagging'],
  TopicHeld: [503, 'Unavailable'],
  TooManyDeadLetters: [503, 'Unavailable'],
  FormMismatch: [503, 'Unavailable'],
  Unauthorized: [401, 'Unauthorized'],
  Forbidden: [403, 'Forbidden'],
  TooManyRequests: [429, 'TooManyRequests'],
  InvalidSettings: [500, 'StorageError'],
  Interrupted: [503, 'Unavailable'],
}

/** What is told of errors whose own words name a record, and so a tenant. The log has those. */
const TOLD: Partial<Record<ErrorCode, string>> = {
  TooManyDeadLetters:
    'nothing is projected any more, since too many records are no events: the log of the process that projects says which',
}

/** What a client that is told 503 waits for at least, s: a broker that is elected, a projector that catches up. */
const RETRY_AFTER_S = 1

/** What Fastify says of a request that it cannot read. */
interface FrameworkError extends Error {
  readonly statusCode: number
}

/** Any error as an answer. What nobody foresaw is a 500 that tells nothing: the log has the rest. */
export function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof ExperienceError) {
    const [status, code] = ANSWERS[error.code]
    const retryAfterS = status === 503 ? RETRY_AFTER_S : undefined
    return new HttpError(status, code, TOLD[error.code] ?? error.message, {
      field: error.field,
      retryAfterS,
      cause: error,
    })
  }
  if (isFrameworkError(error)) {
    const { statusCode: status, message } = error
    if (status === 404) return new HttpError(404, 'NotFound', message)
    if (status === 503) return new HttpError(503, 'Unavailable', message, { retryAfterS: RETRY_AFTER_S })
    if (status >= 400 && status < 500) return new HttpError(status, 'InvalidQuery', message, { cause: error })
  }
  return new HttpError(500, 'StorageError', 'the server failed; its log says why', { cause: error })
}

function isFrameworkError(error: unknown): error is FrameworkError {
  return error instanceof Error && typeof (error as Partial<FrameworkError>).statusCode === 'number'
}

/** The body of an error: `{"error":{"code":…,"message":…,"field":…}}`, and `faults` where there are several by place. */
export function errorBody({ code, message, field, faults }: HttpError): { readonly error: object } {
  return { error: { code, message, field, ...(faults === undefined ? {} : { faults }) } }
}
