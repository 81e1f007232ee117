import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { offset, parsePosition } from '../../../base/position.ts'
import type { Target } from '../../../consumers/projection-progress.ts'
import type { TenantTopics } from '../../../log/tenant-topics.ts'
import type { QueryContext } from '../../../queries/query-context.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { noSuchTopic } from '../../questions/log-moment.ts'
import { parseAsOf, type AsOf } from '../../questions/as-of.ts'
import type { TenantScope } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'
import type { QueryParts } from '../http-parts.ts'
import { POSITION_HEADER } from '../position-header.ts'

export const CONSISTENCIES = ['latest', 'read-your-writes', 'eventual'] as const

/** What every question takes beside what it is about. */
export const Reading = z.strictObject({
  consistency: z
    .enum(CONSISTENCIES)
    .optional()
    .describe(
      'latest: everything that was accepted before the question; read-your-writes: everything up to the header Experience-Position; ' +
        'eventual: what the tables hold now, at once. Default: read-your-writes with that header, otherwise latest',
    ),
  as_of: optional(string).describe(
    'Answers as the log stood then: an instant, or topic/partition/offset or the cursor of an event (several separated by commas)',
  ),
})
export type Reading = z.output<typeof Reading>

/** Where a question is asked, and what its answer says of how fresh it is. */
export interface Read {
  readonly queries: QueryContext
  readonly freshness: FreshnessTold
}

/** How fresh an answer is. */
export interface FreshnessTold {
  readonly consistency: (typeof CONSISTENCIES)[number]
  /** Accepted events that the tables lacked when that was last looked at; null before the first look. */
  readonly lag_events: bigint | null
  /** When that was, ISO 8601. */
  readonly seen_at: string
}

export const FRESHNESS_HEADER = 'experience-freshness'

/** The tenant id that no event has: a question for it finds nothing. */
const NOBODY = ''

/** The tenant that conditions are made of. */
export function tenantOf({ tenant, isNobody }: TenantScope): string | null {
  return isNobody ? NOBODY : tenant
}

/**
 * Waits until the tables hold what the answer has to see, and tells on the answer how fresh it is. Errors: `InvalidQuery` (`as_of`),
 * `Lagging`, `TopicHeld`, 400 for a position that is none.
 */
export async function readAt(
  { service, freshness, log }: QueryParts,
  scope: TenantScope,
  { consistency, as_of }: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Read> {
  const header = request.headers[POSITION_HEADER]
  const wanted = consistency ?? (header === undefined ? 'latest' : 'read-your-writes')
  const asOf = as_of === null ? null : parseAsOf(as_of)
  if (asOf !== null) checkVisible(asOf, scope, log.topics)
  const targets = wanted === 'read-your-writes' ? targetsOf(header, scope, log.topics) : []
  const askedAt = Date.now()
  const seeing = { asOf, isBounded: true, ...(wanted === 'latest' ? {} : { projected: () => targets }) }
  const queries = scope.isNobody ? service.queries : await service.queriesAsOf(scope.tenant, seeing)
  const seen = wanted === 'latest' ? { events: 0n, at: askedAt } : freshness.lagOf(scope.isNobody ? null : scope.tenant)
  const told = {
    consistency: wanted,
    lag_events: scope.isNobody ? 0n : (seen?.events ?? null),
    seen_at: new Date(seen?.at ?? askedAt).toISOString(),
  }
  void reply.header(
    FRESHNESS_HEADER,
    `consistency=${wanted}; lag_events=${told.lag_events ?? 'unknown'}; seen_at=${told.seen_at}`,
  )
  return { queries, freshness: told }
}

/** What a position header asks to be projected. Positions of topics that the caller may not know count as of topics that are not there. */
function targetsOf(header: string | string[] | undefined, scope: TenantScope, topics: TenantTopics): Target[] {
  if (header === undefined || header === '') {
    const message = 'consistency: read-your-writes needs the header Experience-Position of the answer to the append'
    throw new HttpError(400, 'InvalidQuery', message, { field: POSITION_HEADER })
  }
  const positions = String(header)
    .split(',')
    .map((text) => {
      const position = parsePosition(text.trim())
      if (position !== null) return position
      const message = `${POSITION_HEADER}: must be topic/partition/offset, separated by commas`
      throw new HttpError(400, 'InvalidQuery', message, { field: POSITION_HEADER })
    })
  return positions
    .filter(({ topic }) => isVisible(topic, scope, topics))
    .map(({ topic, partition, offset: at }) => ({ topic, partition, next: offset(at + 1n) }))
}

/** A foreign topic is answered as one that does not exist. The moment may be one of another tenant that the caller knows. */
function checkVisible(asOf: AsOf, { isNobody, limitedTo }: TenantScope, topics: TenantTopics): void {
  if (asOf.kind === 'instant') return
  const known = { tenant: limitedTo, isNobody }
  const foreign = asOf.positions.find(({ topic }) => !isVisible(topic, known, topics))
  if (foreign !== undefined) throw noSuchTopic(foreign.topic)
}

function isVisible(topic: string, { tenant, isNobody }: Omit<TenantScope, 'limitedTo'>, topics: TenantTopics): boolean {
  if (isNobody) return false
  return tenant === null ? topic.startsWith(topics.topicPrefix('events')) : topic === topics.topic('events', tenant)
}
