import type { FastifyReply, FastifyRequest } from 'fastify'
import { offset, partitionText, positionText } from '../../../base/position.ts'
import type { LogRange } from '../../../queries/as-of/events-at.ts'
import type { OffsetRanges } from '../../ingest/offset-ranges.ts'
import { sendJson } from '../answers/send-json.ts'
import { leaveRest } from '../body/leave-rest.ts'
import { errorBody, HttpError } from '../http-error.ts'
import { POSITION_HEADER } from '../position-header.ts'
import type { RefusedEvents } from './refused-events.ts'

/** What others take of a header, with room for the other headers, bytes. */
const MOST_HEADER_BYTES = 8 << 10

/** What became of the events of a request. */
export interface IngestOutcome {
  readonly accepted: number
  readonly refused: RefusedEvents
  readonly appended: OffsetRanges
  /** Why not everything was taken in: the log failed, the body is at fault, or the process ends. */
  readonly failure: HttpError | null
}

/** Answers what became of a request's events: also where it failed midway, since what was accepted stays. */
export function sendOutcome(outcome: IngestOutcome, request: FastifyRequest, reply: FastifyReply): void {
  const { accepted, refused, appended, failure } = outcome
  const status = failure?.status ?? statusOf(accepted, refused)
  if (status >= 500) request.log.error({ err: failure?.cause ?? failure, accepted }, failure?.message)
  const ranges = appended.all()
  const header = positionsHeader(ranges)
  const fits = header.length <= MOST_HEADER_BYTES
  if (header !== '' && fits) void reply.header(POSITION_HEADER, header)
  if (failure !== null && failure.retryAfterS !== null) void reply.header('retry-after', String(failure.retryAfterS))
  leaveRest(request, reply)
  const error = failure ?? (accepted === 0 ? firstFault(refused, status) : null)
  const body = {
    ...(error === null ? {} : errorBody(error)),
    accepted,
    rejected: refused.count,
    // Who appends does not wait for the tables, which alone know.
    duplicates: null,
    errors: refused.told,
    errors_left_out: refused.leftOut === 0 ? undefined : refused.leftOut,
    positions: ranges.map(({ topic, partition, first, next }) => ({ topic, partition, first, last: next - 1n })),
    positions_joined: appended.isJoined ? true : undefined,
    position_header: fits ? undefined : 'left out: it would be too long; read with consistency=latest',
  }
  sendJson(reply, body, status)
}

function statusOf(accepted: number, refused: RefusedEvents): number {
  if (refused.count === 0) return 200
  return accepted > 0 ? 207 : refused.status
}

/** The error of an answer that accepts none: that of the first event. */
function firstFault({ told }: RefusedEvents, status: number): HttpError | null {
  const [first] = told
  return first === undefined
    ? null
    : new HttpError(status, first.code, first.message, { field: first.field ?? undefined })
}

/** The last position of each partition. */
function positionsHeader(ranges: readonly LogRange[]): string {
  const last = new Map<string, string>()
  for (const { topic, partition, next } of ranges) {
    const position = positionText({ topic, partition, offset: offset(next - 1n) })
    last.set(partitionText({ topic, partition }), position)
  }
  return [...last.values()].join(',')
}
