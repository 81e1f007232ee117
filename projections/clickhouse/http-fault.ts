import { ExperienceError } from '../../base/experience-error.ts'
import { tlsFault } from '../../base/tls.ts'
import type { HttpClient } from './http-client.ts'
import { settingRefusal } from './sent-settings.ts'
import { serverFault, storageError } from './server-fault.ts'

/** Any error of a request as one of ours. Of a statement whose answer is bounded, one about its size is an `AnswerTooLarge`. */
export function httpFault(
  error: unknown,
  { origin, requestTimeoutMs }: Omit<HttpClient, 'client'>,
  isBounded = false,
): ExperienceError {
  if (error instanceof ExperienceError) return error
  const fault = serverFault(error)
  if (fault !== null) return settingRefusal(fault) ?? storageError(fault, isBounded)
  return new ExperienceError('Unavailable', `ClickHouse at ${origin} ${networkFault(error, requestTimeoutMs)}`)
}

/** What the network did, in words: the error itself may hold headers or a body. */
function networkFault(error: unknown, requestTimeoutMs: number): string {
  const { code, message } = error as { code?: unknown; message?: unknown }
  if (message === 'Timeout error.')
    return `did not answer within ${requestTimeoutMs} ms. If it needs longer, raise CLICKHOUSE_TIMEOUT_MS`
  const fault = tlsFault(error, { prefix: 'CLICKHOUSE', address: 'CLICKHOUSE_URL' })
  if (fault !== null) return fault
  if (typeof code === 'string') return `cannot be reached (${code})`
  return 'did not answer as ClickHouse does'
}
