import { z } from 'zod'
import { optional, string, usize } from '../schemas/contract/scalars.ts'
import { TimeRange } from '../schemas/contract/time-range.ts'

/**
 * What is checked of a question before it becomes parameters, in which a number and its text are the same. Words are left to the server,
 * which may know more of them.
 */
export const AnalyticsInput = z.object({
  tenant_id: optional(string),
  time_range: optional(TimeRange),
  limit: optional(usize),
})

export const ChainInput = z.object({ chain_id: string, tenant_id: optional(string) })
export const ArtifactInput = z.object({ artifact_id: string, tenant_id: optional(string) })
export const TraceLinkInput = z.object({ trace_link_id: string, tenant_id: optional(string) })
