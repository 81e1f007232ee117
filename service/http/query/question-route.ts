import type { z } from 'zod'
import type { KeyRole } from '../../../operations/keys/key.ts'
import { storeUntilLeft } from '../../../projections/store-until-left.ts'
import type { QueryContext } from '../../../queries/query-context.ts'
import { tenantAskedFor } from '../access/caller.ts'
import type { AskingParts, QueryParts } from '../http-parts.ts'
import type { Asked, Route } from '../route.ts'
import { readAt, tenantOf, type FreshnessTold, type Reading } from './consistency.ts'

/** Where a question of a caller is asked. */
export interface Place {
  /** Ends what is asked there when the client goes away. */
  readonly queries: QueryContext
  /** The tenant that the question is about, as queries take it. */
  readonly tenant: string | null
  readonly freshness: FreshnessTold
  /** Error: 401, once the key is no longer let in: a long answer ends then. */
  readonly checkStillIn: () => void
}

/** What answers a question gets beside what was asked. */
export interface AskedQuestion<Params, Query> extends Asked<Params, Query> {
  /**
   * Waits until the tables hold what the answer has to see of the tenant that is named, and tells how fresh that is. Errors: those of
   * `readAt`.
   */
  readonly placeFor: (tenant: string | null, reading: Reading) => Promise<Place>
}

export type QuestionRoute<Params extends z.ZodType, Query extends z.ZodType> = Omit<
  Route<Params, Query>,
  'handle' | 'needs'
> & {
  /** Roles of which a key needs one. Default: read. */
  readonly needs?: readonly KeyRole[]
  /** Sends the answer; resolves when all of it is sent. */
  readonly answer: (asked: AskedQuestion<z.output<Params>, z.output<Query>>) => Promise<void>
}

/** A route that asks the tables. Only so many are asked at once, and what a client asked that went away is given up. */
export function questionRoute<Params extends z.ZodType, Query extends z.ZodType>(
  parts: AskingParts,
  { answer, needs = ['read'], ...described }: QuestionRoute<Params, Query>,
): Route<Params, Query> {
  return {
    ...described,
    needs,
    handle: async (asked) => {
      const giveBack = parts.permits.take(asked.caller)
      try {
        await answer({ ...asked, placeFor: placeFinder(parts, asked) })
      } finally {
        giveBack()
      }
    },
  }
}

/** Where the question of a request is asked. `ended` ends it as if the client had gone away. */
export function placeFinder(
  parts: QueryParts,
  { caller, request, reply }: Pick<Asked<unknown, unknown>, 'caller' | 'request' | 'reply'>,
  ended?: AbortSignal,
): AskedQuestion<unknown, unknown>['placeFor'] {
  return async (asked, reading) => {
    const left = ended === undefined ? leaving(reply.raw) : AbortSignal.any([leaving(reply.raw), ended])
    const scope = tenantAskedFor(caller, asked)
    const { queries, freshness } = await readAt(parts, scope, reading, request, reply)
    return {
      queries: { ...queries, store: storeUntilLeft(queries.store, left) },
      tenant: tenantOf(scope),
      freshness,
      checkStillIn: () => parts.access.checkStillIn(caller),
    }
  }
}

/** Aborts when the connection is closed before the answer is sent. */
function leaving(response: Asked<unknown, unknown>['reply']['raw']): AbortSignal {
  const left = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) left.abort()
  })
  return left.signal
}
