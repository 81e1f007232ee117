import { ExperienceError } from '../../../base/experience-error.ts'
import { tlsFault } from '../../../base/tls.ts'
import type { Right } from '../../rights/right.ts'
import { missingRightsText } from '../../rights/right-texts.ts'
import { hasFlag, type ErrorFlag } from './error-flags.ts'
import type { ResolvedKafkaOptions } from './kafka-options.ts'

interface KafkaError extends Error {
  /** Kafka's name of the error, such as `NOT_LEADER_FOR_PARTITION`. */
  readonly type?: string
  readonly retriable?: boolean
}

/** Kafka refused a request for want of a right. */
export class RightMissing extends Error {
  readonly right: Right

  constructor(right: Right, cause?: unknown) {
    super(missingRightsText([{ ...right, user: null }]), { cause })
    this.name = 'RightMissing'
    this.right = right
  }
}

/** Whom a client asked, and as whom. */
export type Asking = Pick<ResolvedKafkaOptions, 'brokers' | 'sasl'>

/** The name that a client logs in by; null where it has none. */
export function userOf({ sasl }: Asking): string | null {
  return sasl !== undefined && 'username' in sasl ? sasl.username : null
}

/** kafkajs wraps the error that made it give up; what was the matter is at the bottom. */
function rootError(error: unknown): KafkaError {
  if (!(error instanceof Error)) return new Error(String(error))
  const wraps = error.name === 'KafkaJSNumberOfRetriesExceeded' || error.name === 'KafkaJSNonRetriableError'
  if (wraps && error.cause instanceof Error) return rootError(error.cause)
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return rootError(error.errors[0])
  return error
}

/** Whether Kafka refused a request with an error that has the flag. */
export function isRefused(error: unknown, flag: ErrorFlag): boolean {
  return hasFlag(rootError(error).type, flag)
}

/** Kafka's name of an error, such as `UNKNOWN_TOPIC_OR_PARTITION`; undefined where it is not Kafka that refused. */
export function kafkaErrorType(error: unknown): string | undefined {
  return rootError(error).type
}

/**
 * What kafkajs threw, as an `ExperienceError`: `Unavailable` where no broker answered or the cluster says "not now",
 * `StorageError` where it refused. `doing` completes "Kafka failed to …".
 */
export function kafkaFailure(error: unknown, doing: string, asking: Asking): ExperienceError {
  if (error instanceof ExperienceError) return error
  const { brokers } = asking
  const root = rootError(error)
  // Of the token server, say.
  if (root instanceof ExperienceError) return root
  if (root instanceof RightMissing) {
    const message = `cannot ${doing}: ${missingRightsText([{ ...root.right, user: userOf(asking) }])}`
    return new ExperienceError('StorageError', message, { cause: error })
  }
  const fault = tlsFault(root, { prefix: 'KAFKA', address: 'KAFKA_BROKERS' })
  if (fault !== null) {
    const message = `cannot ${doing}: Kafka at ${brokers.join(', ')} ${fault}`
    return new ExperienceError('Unavailable', message, { cause: error })
  }
  if (hasFlag(root.name, 'loginRefused')) {
    const message = `cannot ${doing}: Kafka at ${brokers.join(', ')} does not let this client in (${root.message}). Check the settings KAFKA_SASL_… and KAFKA_OAUTH_…`
    return new ExperienceError('StorageError', message, { cause: error })
  }
  if (hasFlag(root.name, 'unreachable')) {
    const message = `cannot ${doing}: no answer from Kafka at ${brokers.join(', ')} (${root.message}). Check that the brokers run and that the address, TLS and SASL settings are right`
    return new ExperienceError('Unavailable', message, { cause: error })
  }
  const reason = root.type === undefined ? root.message : `${root.type}: ${root.message}`
  if (root.type !== undefined && root.retriable === true) {
    const message = `cannot ${doing}: Kafka at ${brokers.join(', ')} is not ready (${reason}). Try again later`
    return new ExperienceError('Unavailable', message, { cause: error })
  }
  return new ExperienceError('StorageError', `cannot ${doing}: Kafka rejected the request (${reason})`, {
    cause: error,
  })
}

/** Whether there was no answer, rather than a "no". */
export function isUnreachable(error: unknown): boolean {
  return hasFlag(rootError(error).name, 'unreachable')
}

/** Whether the same request may succeed later. */
export function isRetriable(error: unknown): boolean {
  return kafkaFailure(error, '', { brokers: [] }).retryable
}

/** Whether retrying cannot mend an error. */
export function isLasting(error: unknown): boolean {
  const root = rootError(error)
  if (root instanceof ExperienceError) return !root.retryable
  const { name, type } = root
  return hasFlag(name, 'lasting') || hasFlag(type, 'lasting')
}
