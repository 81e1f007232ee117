import { z } from 'zod'
import { BAD_RECORD_REASONS } from '../../../consumers/read-record.ts'
import { DEAD_LETTER_STATES } from '../../../operations/dead-letters/listed-dead-letter.ts'
import { RebuildScope } from '../../../operations/log/operation.ts'
import { u64 } from '../../../schemas/contract/scalars.ts'
import type { AnswerDescription } from '../route.ts'

// What operators are answered, as the document of the API tells it.

const count = z.int().min(0)
const time = z.string().describe('ISO 8601, UTC')
const topic = z.string().describe('Topic of events')
const tenantOfTopic = z
  .string()
  .nullable()
  .describe("Whose topic it is: '' for events without a tenant, null where the topic's name does not tell")

/** An answer that is one value in JSON. */
export function answered(description: string, schema: z.ZodType): AnswerDescription {
  return { description, content: { 'application/json': schema } }
}

export const LagAnswer = z.strictObject({
  lag_events: u64.describe('Records that the tables lack, of all these topics'),
  topics: z.array(z.strictObject({ topic, tenant_id: tenantOfTopic, lag_events: u64 })),
})

export const TenantsAnswer = z.strictObject({
  tenants: z.array(
    z.strictObject({
      tenant: tenantOfTopic,
      topic,
      records: u64,
      held_at: z.string().nullable().describe('Position from which on the topic is held; null where it is not'),
    }),
  ),
})

export const HeldTopicsAnswer = z.strictObject({
  held_topics: z.array(
    z.strictObject({
      topic,
      tenant_id: tenantOfTopic,
      position: z.string().describe('Nothing from here on is projected'),
      held_at: time,
      held_by: z.string(),
      bad: count.describe('So many of the latest records were no events'),
      records: count.describe('How many the latest were'),
      reason: z.string().describe('Why most of them are none'),
      example: z.string().describe('Position of one of them'),
      message: z.string().describe('What is wrong with that one'),
    }),
  ),
})

export const GenerationsAnswer = z.strictObject({
  generations: z.array(
    z.strictObject({
      generation: z.string(),
      status: z.string().describe('`live` where readers follow it'),
      created_at: time,
      form: z.int(),
      events: count,
      dead_letters: count,
      bytes: count,
    }),
  ),
})

export const RebuildStatusAnswer = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('none') }),
  z.strictObject({
    status: z.enum(['pausing', 'paused', 'running', 'stopped']),
    generation: z.string(),
    scope: RebuildScope,
    started_at: time,
    started_by: z.string(),
    done: count.describe('Records of the log'),
    to_do: count,
    tenants: z
      .array(z.strictObject({ tenant: z.string(), done: count, to_do: count }))
      .describe('Those that are behind'),
  }),
])

export const SteeredAnswer = z.strictObject({ generation: z.string(), paused: z.boolean() })
export const AbandonedAnswer = z.strictObject({ generation: z.string(), abandoned: z.literal(true) })
export const PrunedAnswer = z.strictObject({ pruned: z.array(z.string()).describe('Ids of generations') })
export const ReleasedAnswer = z.strictObject({ topic, records: u64.describe('What passes, whatever it is') })

export const ErasedAnswer = z.strictObject({
  tenant: z.string(),
  records: count.describe('Records of its topics'),
  events: count.describe('Rows of the generation that had most'),
  dead_letters: count,
  exports: z.array(z.string()).describe('Exported files that still hold the tenant'),
})

export const ExportsAnswer = z.strictObject({
  exports: z.array(
    z.strictObject({
      file: z.string().describe('Its path, or `-` for what was streamed to somebody'),
      exported_at: time,
      exported_by: z.string(),
      topics: z.array(z.string()).describe('Topics in it that have not been deleted since'),
      records: count,
      digest: z.string(),
    }),
  ),
})

/** What one has beside this, its type says. */
export const OperationsAnswer = z.strictObject({
  operations: z.array(z.strictObject({ at: time, by: z.string(), operation: z.looseObject({ type: z.string() }) })),
})

const Act = z
  .strictObject({
    id: z.string(),
    act: z.enum(['rebuild', 'rollback', 'verify']),
    tenant_id: z.string().nullable().describe('The tenant that it is about; null for all'),
    state: z.enum(['running', 'done', 'failed']),
    began_at: time,
    ended_at: time.nullable(),
    progress: z.looseObject({}).nullable().describe('How far it is'),
    result: z.looseObject({}).nullable().describe('What it came to, once it is done'),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Act', description: 'A long act that was asked of this process' })

export const ActAnswer = Act
export const ActsAnswer = z.strictObject({ acts: z.array(Act) })

const summary = {
  id: z.string().describe('Position of the record: topic/partition/offset'),
  tenant_id: tenantOfTopic,
  reason: z.enum(BAD_RECORD_REASONS),
  field: z.string().nullable(),
  message: z.string(),
  logged_at: time.nullable(),
  schema_id: z.int().nullable(),
  kind: z.string().nullable(),
  event_id: z.string().nullable(),
  state: z.enum(DEAD_LETTER_STATES),
}

const DeadLetter = z.strictObject(summary).meta({ id: 'DeadLetter', description: 'A record that is no event' })

export const DeadLettersAnswer = z.strictObject({ dead_letters: z.array(DeadLetter) })
/** A line of an answer in lines: a dead letter, or the last line. */
export const DeadLetterLine = z.union([DeadLetter, z.strictObject({ count })])

export const DeadLetterAnswer = z.strictObject({
  ...summary,
  resolution: z
    .strictObject({ resolved_at: time.nullable(), resolved_as: z.string().nullable(), because: z.string().nullable() })
    .nullable(),
  key: z.string(),
  headers: z.record(z.string(), z.string()),
  value: z.string().nullable().describe('The bytes in base64; null where there are none any more'),
  envelope: z.unknown().describe('As far as the bytes can be read as one; null where they cannot'),
})

const Refused = z
  .strictObject({ id: z.string(), reason: z.string(), field: z.string().nullable(), message: z.string() })
  .meta({ id: 'RefusedDeadLetter', description: 'Why a dead letter stays as it is' })
const totals = { settled: count, refused: count }

export const SettledAnswer = z.strictObject({
  ...totals,
  errors: z.array(Refused).describe('Of the first thousand that were refused'),
})
/** A line of an answer in lines: what became of a dead letter, or the last line. */
export const SettledLine = z.union([
  z.strictObject({
    id: z.string(),
    state: z.enum(DEAD_LETTER_STATES),
    event_id: z.string().optional(),
    because: z.string().optional(),
  }),
  Refused,
  z.strictObject(totals),
])
