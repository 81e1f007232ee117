import { z } from 'zod'
import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'

const token = z.string().describe('Goes on behind this line: `after`, or the header Last-Event-ID')
const placed = {
  token,
  position: z.strictObject({ topic: z.string(), partition: z.int(), offset: z.string() }),
  logged_at: z.number().describe('When the log took the record, ms since the epoch'),
}

/** A line of the stream as NDJSON. */
export const TailLine = z.union([
  z.strictObject({ type: z.literal('event'), ...placed, envelope: ExperienceEventEnvelope }),
  z.strictObject({
    type: z.literal('bad-record'),
    ...placed,
    reason: z.string(),
    field: z.string().nullable(),
    message: z.string(),
  }),
  z.strictObject({
    type: z.literal('lost'),
    token,
    because: z.enum(['truncated', 'deleted', 'recreated']),
    topic: z.string().nullable(),
    partition: z.int().nullable(),
    first: z.string(),
    records: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('heartbeat').describe('To be ignored, but for the token, if there is one'),
    at: z.string(),
    token: token.optional(),
  }),
  z.strictObject({
    type: z.literal('closed').describe('The last line'),
    reason: z.enum(['stopping', 'slow', 'unauthorized', 'failed']),
    token,
  }),
])
