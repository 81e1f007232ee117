import { createHash } from 'node:crypto'
import type { ForeignTenant } from '../read-model-store.ts'

/**
 * The setting by which a statement tells the row policy whose rows it may see. ClickHouse's own configuration allows this prefix, and
 * ClickHouse Cloud no other.
 */
export const TENANT_SETTING = 'SQL_experience_log_tenant'

/** What the service and the policy know, and nobody else: it is made of the password, so that there is one secret to keep. */
export function sealKey(password: string): string {
  return sha256(`experience-log sql-door ${password}`)
}

/**
 * The value of the setting: a seal, and what it vouches for. The user who asks may set the setting, or it could not be told; so a statement that
 * got a SETTINGS clause past everything else must not be able to name another tenant. Twice hashed, since a single SHA-256
 * of a secret and a text lets whoever has seen one go on from it.
 */
export function sealedTenant(key: string, tenant: ForeignTenant): string {
  // What no seal vouches for shows nothing.
  if (tenant.kind === 'none') return ''
  const claim = tenant.kind === 'all' ? ALL_CLAIM : `${ONE_MARK}${tenant.tenant}`
  return `${sha256(`${key}${sha256(`${key}${claim}`)}`)}${claim}`
}

/** Characters of a seal. */
export const SEAL_LENGTH = 64
/** Claims all rows. Tenants stand behind a mark, so that none is taken for it. */
export const ALL_CLAIM = '*'
export const ONE_MARK = '='

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
