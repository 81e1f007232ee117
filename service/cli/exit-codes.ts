import type { ErrorCode } from '../../base/experience-error.ts'

/** What the command line answers to the shell. */
export const EXIT = {
  done: 0,
  /** The command ran, and its answer is no: lines were refused, differences were found, nothing has the id. */
  no: 1,
  /** Wrong use or settings. */
  usage: 2,
  /** A server cannot be reached, failed, or is behind. */
  unavailable: 3,
  /** Stopped by the user before the work was done, as shells say of SIGINT. */
  interrupted: 130,
} as const

export const exitCodeOf: Readonly<Record<ErrorCode, number>> = {
  InvalidQuery: EXIT.usage,
  InvalidSettings: EXIT.usage,
  Unauthorized: EXIT.usage,
  Forbidden: EXIT.usage,
  NotFound: EXIT.no,
  Unavailable: EXIT.unavailable,
  StorageError: EXIT.unavailable,
  Lagging: EXIT.unavailable,
  TopicHeld: EXIT.unavailable,
  TooManyDeadLetters: EXIT.unavailable,
  FormMismatch: EXIT.unavailable,
  TooManyRequests: EXIT.unavailable,
  Interrupted: EXIT.interrupted,
}
