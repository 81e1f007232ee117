import type { ErrorCode } from './experience-error.ts'

/** Codes that an error has over HTTP: the contract's three, and those of the door. */
export const ANSWERED_CODES = [
  'InvalidQuery',
  'NotFound',
  'StorageError',
  'Unauthorized',
  'Forbidden',
  'TooManyRequests',
  'Unavailable',
  'Lagging',
] as const satisfies readonly ErrorCode[]

export type AnsweredCode = (typeof ANSWERED_CODES)[number]
