import { z } from 'zod'
import { BAD_RECORD_REASONS } from '../../consumers/read-record.ts'
import { optional, string, words } from '../../schemas/contract/scalars.ts'
import { DEAD_LETTER_STATES } from './listed-dead-letter.ts'

/** A question for dead letters, as the library asks it. */
export const DeadLetterQuery = z.object({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the topic of events without one'),
  reason: optional(words('BadRecordReason', BAD_RECORD_REASONS)).describe('Why they are no events'),
  state: optional(words('DeadLetterState', DEAD_LETTER_STATES)).describe('Where they stand'),
})
