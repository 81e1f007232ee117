import { z } from 'zod'
import { EventQuery } from '../schemas/contract/event-query.ts'
import { optional, string } from '../schemas/contract/scalars.ts'
import { eventPages, type StoredEvent } from './events.ts'
import type { QueryContext } from './query-context.ts'

/** A question for what happened in a chain of decisions. */
export const ChainQuery = z.object({
  chain_id: string.describe('Chain of decisions'),
  tenant_id: optional(string).describe('Tenant; none means all tenants'),
})
export type ChainQuery = Readonly<z.output<typeof ChainQuery>>

/** A chain's events in pages, in the order of their instants; null where there is none. */
export async function chainPages(
  context: QueryContext,
  query: ChainQuery,
  pageSize: number,
): Promise<AsyncIterable<StoredEvent[]> | null> {
  const pages = eventPages(context, EventQuery.parse(query), pageSize)
  const first = await pages.next()
  if (first.done === true) return null
  return (async function* () {
    yield first.value
    yield* pages
  })()
}
