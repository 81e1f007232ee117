import { ExperienceError } from '../../base/experience-error.ts'
import type { OperationsLog } from '../log/operations-log.ts'
import { namedQueriesOf } from './named-queries-of.ts'
import type { NamedQuery } from './named-query.ts'

/** Every process that answers questions keeps them all. */
const MOST_OF_TENANT = 1000

/** Whose query is meant, and by which name. */
export interface NamedQueryPlace {
  readonly name: string
  /** Null for all tenants. */
  readonly tenant: string | null
}

/**
 * Stores a statement under a name, in the place of the one before. Whether it may be asked at all, the caller has checked. Errors:
 * `InvalidQuery` for too many, `Unavailable`, `StorageError`.
 */
export async function storeNamedQuery(
  operations: OperationsLog,
  query: Pick<NamedQuery, 'name' | 'tenant' | 'sql' | 'description'>,
): Promise<NamedQuery> {
  const ofTenant = namedQueriesOf(await operations.read()).filter(({ tenant }) => tenant === query.tenant)
  if (ofTenant.length >= MOST_OF_TENANT && !ofTenant.some(({ name }) => name === query.name)) {
    const message = `name: there are ${MOST_OF_TENANT} named queries already: delete some`
    throw new ExperienceError('InvalidQuery', message, { field: 'name' })
  }
  await operations.append({ type: 'NamedQueryStored', ...query })
  return ownNamedQuery(operations, query)
}

/** Deletes a query and returns what it was. Errors: `NotFound`, `Unavailable`, `StorageError`. */
export async function deleteNamedQuery(
  operations: OperationsLog,
  { name, tenant }: NamedQueryPlace,
): Promise<NamedQuery> {
  const known = await ownNamedQuery(operations, { name, tenant })
  await operations.append({ type: 'NamedQueryDeleted', name, tenant })
  return known
}

/** The query of this tenant, or of all where that is null: none of another's. Errors: `NotFound`, `Unavailable`, `StorageError`. */
export async function ownNamedQuery(operations: OperationsLog, { name, tenant }: NamedQueryPlace): Promise<NamedQuery> {
  const queries = namedQueriesOf(await operations.read())
  const known = queries.find((each) => each.name === name && each.tenant === tenant)
  if (known === undefined) throw noNamedQuery(name)
  return known
}

export function noNamedQuery(name: string): ExperienceError {
  return new ExperienceError('NotFound', `there is no named query ${JSON.stringify(name)}`, { field: 'name' })
}
