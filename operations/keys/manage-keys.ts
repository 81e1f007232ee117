import { ExperienceError } from '../../base/experience-error.ts'
import type { OperationsLog } from '../log/operations-log.ts'
import { newKey, type Key, type KeyLimits, type KeyRole } from './key.ts'
import { keysOf } from './keys-of.ts'

export interface NewKey {
  /** The tenant that the key is limited to; null for all. */
  readonly tenant: string | null
  readonly roles: readonly KeyRole[]
  readonly name: string
  /** ISO 8601, UTC; null for never. */
  readonly expiresAt: string | null
  readonly limits: KeyLimits
}

/** What whoever creates a key is told. */
export interface CreatedKey {
  /** The key itself: told here and never again. */
  readonly key: string
  readonly id: string
  readonly tenant: string | null
  readonly roles: readonly KeyRole[]
  readonly name: string
  readonly expires_at: string | null
  readonly limits: KeyLimits
}

/** Creates a key. Errors: `Unavailable`, `StorageError`. */
export async function createKey(
  operations: OperationsLog,
  { tenant, roles: given, name, expiresAt: expires_at, limits }: NewKey,
): Promise<CreatedKey> {
  const { key, id, hash } = newKey()
  const roles = [...new Set(given)]
  await operations.append({ type: 'KeyCreated', key: id, hash, tenant, roles, name, expires_at, limits })
  return { key, id, tenant, roles, name, expires_at, limits }
}

/**
 * All keys that concern a tenant, or all where it is null; revoked and expired ones too, the oldest first. Errors: `Unavailable`,
 * `StorageError`.
 */
export async function listKeys(operations: OperationsLog, tenant: string | null = null): Promise<Key[]> {
  const keys = [...keysOf(await operations.read()).values()]
  return keys.filter((key) => isOf(key, tenant))
}

/** A key of a tenant, or any where that is null. Errors: `NotFound`, `Unavailable`, `StorageError`. */
export async function findKey(operations: OperationsLog, id: string, tenant: string | null = null): Promise<Key> {
  const key = keysOf(await operations.read()).get(id)
  if (key !== undefined && isOf(key, tenant)) return key
  // Without the id: somebody may have given the key itself.
  throw new ExperienceError('NotFound', 'there is no key of that id')
}

/**
 * Ends a key: no process lets it in any more, within seconds. One that is revoked already stays so. Errors: `NotFound`, `Unavailable`,
 * `StorageError`.
 */
export async function revokeKey(operations: OperationsLog, id: string): Promise<Key> {
  const known = await findKey(operations, id)
  if (known.revoked_at === null) await operations.append({ type: 'KeyRevoked', key: id })
  return findKey(operations, id)
}

/** Keys for all tenants are nothing that a tenant's own operator is told of. */
function isOf(key: Key, tenant: string | null): boolean {
  return tenant === null || key.tenant === tenant
}
