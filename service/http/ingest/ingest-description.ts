import { z } from 'zod'
import type { AnswerDescription, BodyDescription, JsonSchema, RequestExample } from '../route.ts'
import { AVRO_RECORDS_TYPE, AVRO_TYPE, JSON_TYPE, NDJSON_TYPE } from './event-form.ts'

const ENVELOPE: JsonSchema = { $ref: '#/components/schemas/ExperienceEventEnvelope' }
const BYTES: JsonSchema = { type: 'string', format: 'binary' }

/** What is sent to append events, for the document of the API. */
export const ingestBody: BodyDescription = {
  description: `Envelopes: one, an array, one a line, or in Avro in the Confluent wire format (one record, or records that each stand behind their length, in four bytes, the highest first). \`content-encoding\` may be gzip, br, deflate, and zstd where the platform has it.`,
  content: {
    [JSON_TYPE]: {
      description: 'An envelope, or an array of them',
      anyOf: [ENVELOPE, { type: 'array', items: ENVELOPE }],
    },
    [NDJSON_TYPE]: { ...ENVELOPE, description: 'An envelope a line, any number of them' },
    [AVRO_TYPE]: BYTES,
    [AVRO_RECORDS_TYPE]: BYTES,
  },
}

const integer = z.number().int()

const Outcome = z.object({
  accepted: integer.describe('Events that the log holds now'),
  rejected: integer.describe('Events that it does not hold, or may not'),
  duplicates: integer.nullable().describe('Accepted events that were there already; null where that is not known yet'),
  errors: z
    .array(
      z.object({
        index: integer.describe('Which event, from 0'),
        line: integer.optional().describe('Its line, from 1, where events stand on lines'),
        code: z.string(),
        field: z.string().nullable(),
        message: z.string(),
      }),
    )
    .describe('Why events were rejected: of the first thousand'),
  errors_left_out: integer.optional().describe('How many more were rejected'),
  positions: z
    .array(z.object({ topic: z.string(), partition: integer, first: integer, last: integer }))
    .describe('Where the accepted events stand in the log: ranges, both ends included'),
  positions_joined: z.boolean().optional().describe('Whether there are positions of other events in the ranges'),
  position_header: z.string().optional().describe('Why there is no header Experience-Position'),
})

const Failed = Outcome.extend({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().nullable() }),
})

function outcome(description: string, schema: z.ZodType = Outcome): AnswerDescription {
  const position = { description: 'The last position of each partition: topic/partition/offset, separated by commas' }
  return { description, content: { [JSON_TYPE]: schema }, headers: { 'Experience-Position': position } }
}

/** How appends are answered, for the document of the API. */
export const ingestAnswers: Readonly<Record<number, AnswerDescription>> = {
  200: outcome('All were accepted.'),
  207: outcome('Some were accepted, and some are wrong: `errors` says which, and why.'),
  400: outcome('None was accepted, since they are wrong; or the body is, from some place on.', Failed),
  403: outcome('None was accepted, since they are of a tenant that is not the one of the key.', Failed),
  503: outcome(
    'The log failed, or the process ends. What `accepted` counts is stored; the rest has to be sent again: what was stored after all counts once.',
    Failed,
  ),
}

const OUTCOME =
  '{"event_id":"evt-1","occurred_at":"2026-04-23T09:14:07Z","event":{"type":"OutcomeRecorded","data":{"chain_id":"chain-1",' +
  '"step":"Planning","passed":true,"latency_ms":812,"tokens":1450,"cost_microdollars":5300,"backend":"local"}}}'
const TRANSITION =
  '{"event_id":"evt-2","occurred_at":"2026-04-23T09:15:00Z","event":{"type":"ArtifactStateTransitioned","data":{' +
  '"artifact_id":"pack-1","artifact_kind":"Pack","event":{"from_state":"Draft","to_state":"Approved",' +
  '"timestamp":"2026-04-23T09:15:00Z","actor":"reviewer","reason":"it passes"}}}}'

/** What to type, for the document of the API. */
export const ingestExamples: readonly RequestExample[] = [
  { summary: 'One event', body: { type: JSON_TYPE, text: OUTCOME } },
  { summary: 'Many, one a line', body: { type: NDJSON_TYPE, text: `${OUTCOME}\n${TRANSITION}\n` } },
]
