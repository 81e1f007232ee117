import type { FastifyReply } from 'fastify'
import type { AnsweredCode } from '../../base/answered-codes.ts'
import { HttpError, httpErrorOf } from '../http/http-error.ts'
import { SqlRefusal } from '../sql/sql-refusal.ts'
import type { ErrorAnswers } from '../http/guarded-app.ts'
import { SERVER_VERSION } from './server-words.ts'
import { faultText, statusOfFault } from './protocol/fault-text.ts'

/** An error as it is answered here: with ClickHouse's number, and its name for that number. */
export class DoorError extends HttpError {
  readonly number: number
  readonly type: string

  constructor(
    number: number,
    type: string,
    message: string,
    error: Pick<HttpError, 'status' | 'code'> & Partial<HttpError>,
  ) {
    super(error.status, error.code, message, { retryAfterS: error.retryAfterS ?? undefined, cause: error.cause })
    this.number = number
    this.type = type
  }
}

/** Errors as ClickHouse's clients take them apart; the words are ours alone. */
export const DOOR_ERRORS: ErrorAnswers = {
  errorOf: doorErrorOf,
  send: (reply, error) => sendFault(reply, doorErrorOf(error)),
}

function sendFault(reply: FastifyReply, { status, number, type, message }: DoorError): void {
  void reply
    .code(status)
    .headers({ 'content-type': 'text/plain; charset=UTF-8', 'x-clickhouse-exception-code': String(number) })
    .send(faultText({ code: number, type, message }, SERVER_VERSION))
}

/** A fault of the statement: the caller's. */
export function callersFault(number: number, type: string, message: string, cause?: unknown): DoorError {
  // Clients try again where the server is at fault: many numbers have 500 with ClickHouse that ask for another statement.
  const told = statusOfFault(number)
  return new DoorError(number, type, message, { status: told >= 500 ? 400 : told, code: 'InvalidQuery', cause })
}

function doorErrorOf(thrown: unknown): DoorError {
  if (thrown instanceof DoorError) return thrown
  if (thrown instanceof SqlRefusal) {
    const { number, type, faults, message } = thrown
    const places = faults?.map(({ line, column, message: each }) => `line ${line}, column ${column}: ${each}`)
    return callersFault(number, type, places?.join('; ') ?? message, thrown)
  }
  const error = httpErrorOf(thrown)
  const [number, type] = NUMBERS[error.code] ?? [1002, 'UNKNOWN_EXCEPTION']
  const [told, name] = error.status === 413 ? [307, 'TOO_MANY_BYTES'] : [number, type]
  return new DoorError(told, name, error.message, error)
}

/** What ClickHouse calls what goes wrong before or beside a statement. */
const NUMBERS: Readonly<Partial<Record<AnsweredCode, readonly [number: number, type: string]>>> = {
  InvalidQuery: [36, 'BAD_ARGUMENTS'],
  Unauthorized: [516, 'AUTHENTICATION_FAILED'],
  Forbidden: [497, 'ACCESS_DENIED'],
  TooManyRequests: [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  Unavailable: [439, 'CANNOT_SCHEDULE_TASK'],
  Lagging: [439, 'CANNOT_SCHEDULE_TASK'],
}
