import type { LoggedOperation } from '../log/operation.ts'
import type { Key } from './key.ts'

/** All keys that were ever created, by their ids, in the order of their creation. */
export function keysOf(operations: readonly LoggedOperation[]): Map<string, Key> {
  const keys = new Map<string, Key>()
  for (const { at, by, operation } of operations) {
    if (operation.type === 'KeyCreated') {
      const { key: id, hash, tenant, roles, name, limits, expires_at } = operation
      // An id that comes again is somebody's attempt to replace a key.
      if (keys.has(id)) continue
      const created = { created_at: at, created_by: by }
      keys.set(id, { id, hash, tenant, roles, name, limits, ...created, expires_at, revoked_at: null })
    }
    if (operation.type !== 'KeyRevoked') continue
    const known = keys.get(operation.key)
    if (known !== undefined && known.revoked_at === null) keys.set(known.id, { ...known, revoked_at: at })
  }
  return keys
}
