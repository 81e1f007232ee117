import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a key may do: emit events, ask for them, operate. */
export const KEY_ROLES = ['produce', 'read', 'operate'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

/** How much one key may ask of a process. Null means as much as the settings allow. */
export interface KeyLimits {
  readonly events_per_second: number | null
  readonly bytes_per_second: number | null
  /** Questions under way at once. */
  readonly queries_at_once: number | null
}

/** A key as the log keeps it: whoever reads the log cannot use it. */
export interface Key {
  readonly id: string
  /** SHA-256 of the whole key, in hex: 256 random bits need no slow hash. */
  readonly hash: string
  /** The tenant that it is limited to; null for all tenants, and for events without one. */
  readonly tenant: string | null
  readonly roles: readonly KeyRole[]
  /** What it is for, in words. */
  readonly name: string
  readonly limits: KeyLimits
  /** ISO 8601, UTC. */
  readonly created_at: string
  readonly created_by: string
  readonly expires_at: string | null
  readonly revoked_at: string | null
}

const PATTERN = /^elog_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/

/** A new key, as it is shown once, and what the log keeps of it. */
export function newKey(): { readonly key: string; readonly id: string; readonly hash: string } {
  const id = randomBytes(6).toString('hex')
  const key = `elog_${id}_${randomBytes(32).toString('base64url')}`
  return { key, id, hash: hashOf(key).toString('hex') }
}

/** The id within a key's text; null for a text that cannot be a key. */
export function idOfKey(text: string): string | null {
  return PATTERN.exec(text)?.[1] ?? null
}

/** Whether a text is the key; takes the same time wherever they differ. */
export function isKey(text: string, { hash }: Pick<Key, 'hash'>): boolean {
  return timingSafeEqual(hashOf(text), Buffer.from(hash, 'hex'))
}

export type KeyState = 'valid' | 'expired' | 'revoked'

/** What has become of it by a time, in ms since the epoch. */
export function stateOfKey({ expires_at, revoked_at }: Key, now: number): KeyState {
  if (revoked_at !== null) return 'revoked'
  return expires_at === null || now < Date.parse(expires_at) ? 'valid' : 'expired'
}

/** Whether it still opens anything, at a time in ms since the epoch. */
export function isValid(key: Key, now: number): boolean {
  return stateOfKey(key, now) === 'valid'
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
