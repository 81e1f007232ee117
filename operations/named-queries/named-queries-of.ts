import type { LoggedOperation } from '../log/operation.ts'
import type { NamedQuery } from './named-query.ts'

/** The named queries that there are after the operations, by tenant and name. A deleted tenant's own are gone with it. */
export function namedQueriesOf(operations: readonly LoggedOperation[]): NamedQuery[] {
  const queries = new Map<string, NamedQuery>()
  for (const { at, by, operation } of operations) {
    if (operation.type === 'NamedQueryStored') {
      const { name, tenant, sql, description } = operation
      queries.set(keyOf(operation), { name, tenant, sql, description, stored_at: at, stored_by: by })
    }
    if (operation.type === 'NamedQueryDeleted') queries.delete(keyOf(operation))
    if (operation.type !== 'TenantDeleted') continue
    for (const [key, { tenant }] of queries) if (tenant === operation.tenant) queries.delete(key)
  }
  return [...queries.values()].toSorted((a, b) => compare(a.name, b.name) || compare(a.tenant ?? '', b.tenant ?? ''))
}

/** The query that a tenant means by a name: its own, else that for all tenants. Without a tenant, that for all. */
export function namedQueryFor(
  queries: readonly NamedQuery[],
  name: string,
  tenant: string | null,
): NamedQuery | undefined {
  const named = queries.filter((each) => each.name === name)
  return named.find((each) => each.tenant === tenant) ?? named.find((each) => each.tenant === null)
}

function keyOf({ tenant, name }: { readonly tenant: string | null; readonly name: string }): string {
  return JSON.stringify([tenant, name])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
