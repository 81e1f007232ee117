import { z } from 'zod'
import { QUERY_NAME } from '../../../../operations/named-queries/named-query.ts'
import { optional, string } from '../../../../schemas/contract/scalars.ts'
import { validateIdentifier } from '../../../../schemas/contract/envelope.ts'
import type { Caller } from '../../access/caller.ts'
import { HttpError } from '../../http-error.ts'

export const QueryName = z.strictObject({
  name: z
    .string()
    .regex(QUERY_NAME, { error: 'must be a letter, then up to 99 letters, digits, "_", "-" and "."' })
    .describe('A letter, then up to 99 letters, digits, `_`, `-` and `.`'),
})

export const WhoseQuery = z.strictObject({
  tenant_id: optional(string).describe('Tenant whose own it is; none means all tenants, or the tenant of the key'),
})

/**
 * The tenant whose named queries a caller speaks of: its own, whatever it asks for; of who may ask for all, the one that was asked for, null
 * for all. Errors: 403 for another tenant, 400 for what is no tenant.
 */
export function whoseQuery(caller: Caller, asked: string | null): string | null {
  if (asked !== null) validateIdentifier('tenant_id', asked)
  if (caller.tenant === null || asked === null || asked === caller.tenant) return caller.tenant ?? asked
  const message = 'tenant_id: the key is limited to another tenant'
  throw new HttpError(403, 'Forbidden', message, { field: 'tenant_id' })
}
