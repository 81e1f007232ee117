import { stateOfKey, type Key, type KeyState } from './key.ts'

/** A key as people see it: neither its text, which nobody has, nor its hash. */
export interface ShownKey extends Omit<Key, 'hash'> {
  /** Whether it opens anything now. */
  readonly state: KeyState
}

/** At a time in ms since the epoch. */
export function shownKey(key: Key, now: number): ShownKey {
  const { id, name, tenant, roles, limits, created_at, created_by, expires_at, revoked_at } = key
  const state = stateOfKey(key, now)
  return { id, name, tenant, roles, state, created_at, created_by, expires_at, revoked_at, limits }
}
