import type { Written } from './audit.ts'

/**
 * Those of all streams that wrote to a tenant that one of `some` wrote to, and so on: what an audit has to know, so that it can tell each
 * row of these tenants.
 */
export function sharingTenants(some: readonly Written[], all: readonly Written[]): Written[] {
  const tenants = new Set(some.flatMap(({ spec }) => spec.tenants))
  const sharing = all.filter(({ spec }) => spec.tenants.some((tenant) => tenants.has(tenant)))
  return sharing.length > some.length ? sharingTenants(sharing, all) : sharing
}
