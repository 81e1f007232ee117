import { ExperienceError } from '../../base/experience-error.ts'
import type { OperationsLog } from '../log/operations-log.ts'
import { isValid, newKey, type Key, type KeyLimits, type KeyRole } from './key.ts'
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

/** Creates a key. Its text is told here and never again. Errors: `Unavailable`, `StorageError`. */
export async function createKey(
  operations: OperationsLog,
  { tenant, roles, name, expiresAt, limits }: NewKey,
  by?: string,
): Promise<{ readonly id: string; readonly key: string }> {
  const { key, id, hash } = newKey()
  const created = { key: id, hash, tenant, roles: [...roles], name, expires_at: expiresAt, limits }
  await operations.append({ type: 'KeyCreated', ...created }, by)
  return { id, key }
}

/** All keys, revoked and expired ones too, the oldest first. Errors: `Unavailable`, `StorageError`. */
export async function listKeys(operations: OperationsLog): Promise<Key[]> {
  return [...keysOf(await operations.read()).values()]
}

/**
 * Ends a key: no process lets it in any more, within seconds. One that is revoked already stays so. Errors: `NotFound`, `Unavailable`,
 * `StorageError`.
 */
export async function revokeKey(operations: OperationsLog, id: string, by?: string): Promise<Key> {
  const known = keysOf(await operations.read()).get(id)
  if (known === undefined) throw new ExperienceError('NotFound', `there is no key ${JSON.stringify(id)}`)
  if (known.revoked_at === null) await operations.append({ type: 'KeyRevoked', key: id }, by)
  return keysOf(await operations.read()).get(id) ?? known
}

/** Whether any key opens a door now. */
export function isAnyValid(keys: Iterable<Key>, now: number): boolean {
  for (const key of keys) if (isValid(key, now)) return true
  return false
}
