import { z } from 'zod'
import { expiryOf } from '../../../operations/keys/expiry.ts'
import { KEY_ROLES } from '../../../operations/keys/key.ts'
import type { NewKey } from '../../../operations/keys/manage-keys.ts'
import { validateIdentifier } from '../../../schemas/contract/envelope.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import type { Caller } from '../access/caller.ts'
import { HttpError } from '../http-error.ts'

const limit = optional(z.int().min(1))

/** What a key is to be. */
export const NewKeyBody = z.strictObject({
  tenant: string
    .nullable()
    .optional()
    .describe("The tenant that the key is limited to; null for all tenants. Default: the asking key's own tenant"),
  roles: z.array(z.enum(KEY_ROLES)).min(1).describe('What the key may do'),
  name: string.max(200).default('').describe('What the key is for, in words'),
  expires: optional(z.string()).describe(
    'When it ends: an ISO 8601 time, or how long from now (12h, 30d). Null: never',
  ),
  limits: z
    .strictObject({
      events_per_second: limit.describe('Events that it may append a second'),
      bytes_per_second: limit.describe('Bytes of events that it may append a second'),
      queries_at_once: limit.describe('Questions that it may have under way at once'),
    })
    .prefault({})
    .describe('Null means as much as the settings of the process allow'),
})

/**
 * The key that a caller may create by this: an operator of a tenant only one of that tenant. Errors: 400 naming the field, 403
 * (`tenant`).
 */
export function newKeyOf(body: z.output<typeof NewKeyBody>, caller: Caller): NewKey {
  const { tenant = caller.tenant, roles, name, expires, limits } = body
  if (body.tenant === undefined && caller.tenant === null) {
    throw new HttpError(400, 'InvalidQuery', 'tenant: is required: a tenant, or null for all', { field: 'tenant' })
  }
  if (caller.tenant !== null && tenant !== caller.tenant) {
    const message = 'tenant: the key may only create keys of its own tenant'
    throw new HttpError(403, 'Forbidden', message, { field: 'tenant' })
  }
  if (tenant !== null) validateIdentifier('tenant', tenant)
  return { tenant, roles, name, expiresAt: expires === null ? null : expiryOf(expires, Date.now()), limits }
}
