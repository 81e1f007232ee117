import type { KeyLimits, KeyRole } from '../../../operations/keys/key.ts'
import { HttpError } from '../http-error.ts'

/** Who asks. */
export interface Caller {
  /** Null where the door is open without keys. */
  readonly keyId: string | null
  /** The tenant that the caller is limited to; null for all, and for events without one. */
  readonly tenant: string | null
  readonly roles: ReadonlySet<KeyRole>
  readonly limits: KeyLimits
}

/** Whoever asks what nobody needs a key for. */
export const NOBODY: Caller = {
  keyId: null,
  tenant: '',
  roles: new Set(),
  limits: { events_per_second: null, bytes_per_second: null, queries_at_once: null },
}

/**
 * The tenant that a question is about: the caller's own, whatever was asked for; of who may ask for all, the one that was asked for.
 * A foreign tenant answers as one that does not exist: with nothing.
 */
export function tenantAskedFor(caller: Caller, asked: string | null): TenantScope {
  if (caller.tenant === null) return { tenant: asked, isNobody: false, limitedTo: null }
  const { tenant } = caller
  return { tenant, isNobody: asked !== null && asked !== tenant, limitedTo: tenant }
}

export interface TenantScope {
  readonly tenant: string | null
  /** Whether nothing can match: a tenant was asked for of which the caller may know nothing. */
  readonly isNobody: boolean
  /** The tenant of which alone the caller may know, whatever is asked for; null for all. */
  readonly limitedTo: string | null
}

/** Error: 403, which names what the key lacks. */
export function checkRole(caller: Caller, needed: readonly KeyRole[]): void {
  if (needed.some((role) => caller.roles.has(role))) return
  throw new HttpError(403, 'Forbidden', `the key needs the role ${needed.join(' or ')} for this request`)
}
