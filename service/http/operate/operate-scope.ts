import type { TenantTopics } from '../../../log/tenant-topics.ts'
import type { Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'

/** Error: 403, for an act that concerns all tenants, asked for with a key of one. */
export function checkForAll({ tenant }: Caller): void {
  if (tenant !== null) throw new HttpError(403, 'Forbidden', 'this concerns all tenants, and the key is limited to one')
}

/** Those that are of topics of which the caller may know: of others it is as if they were not there. */
export function ofOwnTopics<Item extends { readonly topic: string }>(
  items: readonly Item[],
  { tenant }: Caller,
  topics: TenantTopics,
): Item[] {
  if (tenant === null) return [...items]
  const own = topics.topic('events', tenant)
  return items.filter(({ topic }) => topic === own)
}
