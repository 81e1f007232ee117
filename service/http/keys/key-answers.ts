import { z } from 'zod'
import { KEY_ROLES } from '../../../operations/keys/key.ts'

const limits = z.strictObject({
  events_per_second: z.int().nullable(),
  bytes_per_second: z.int().nullable(),
  queries_at_once: z.int().nullable(),
})

const common = {
  id: z.string(),
  name: z.string(),
  tenant: z.string().nullable().describe('Null for all tenants'),
  roles: z.array(z.enum(KEY_ROLES)),
  expires_at: z.string().nullable().describe('ISO 8601, UTC'),
  limits,
}

/** A key that was just created. */
export const createdKeySchema = z.strictObject({ key: z.string().describe('The key: told once'), ...common })

/** A key as lists show it. */
export const shownKeySchema = z.strictObject({
  ...common,
  state: z.enum(['valid', 'expired', 'revoked']),
  created_at: z.string(),
  created_by: z.string(),
  revoked_at: z.string().nullable(),
})
