import { ExperienceError } from '../../base/experience-error.ts'
import { originalRecord } from '../../consumers/dead-letters/original-record.ts'
import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import type { SchemaId, SchemaRegistry } from '../../log/schema-registry.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { envelopeAsWritten } from '../../schemas/avro/codec/envelope-avro.ts'
import { unframe } from '../../schemas/avro/wire-format.ts'
import { chosenDeadLetters } from './choice.ts'
import { isoTime, summariseDeadLetter } from './dead-letter-summary.ts'
import type { DeadLetterSummary } from './listed-dead-letter.ts'

/** All that is known of a dead letter. */
export interface DeadLetterDetail extends DeadLetterSummary {
  readonly resolution: {
    readonly resolved_at: string | null
    readonly resolved_as: string | null
    readonly because: string | null
  } | null
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  /** The record's bytes as base64; null where it has none, or the log holds it no longer. */
  readonly value: string | null
}

/**
 * All of a dead letter: where and why, what became of it, headers, key, bytes; and the JSON text of the envelope, as far as the
 * bytes can be read as one, also where it breaks the contract. Errors: `NotFound`, `InvalidQuery` (the id is none), `Unavailable`,
 * `StorageError`.
 */
export async function describeDeadLetter(
  { log, registry, topics }: TenantLog,
  id: string,
): Promise<{ readonly detail: DeadLetterDetail; readonly envelope: string | null }> {
  const found = await findDeadLetter({ log, registry, topics }, id)
  const original = await originalRecord(log, found.letter)
  const { resolution } = found
  const value = original?.value ?? null
  const detail = {
    ...summariseDeadLetter(found, topics),
    resolution:
      resolution === null
        ? null
        : {
            resolved_at: isoTime(resolution.resolvedAt),
            resolved_as: resolution.resolvedAs,
            because: resolution.because,
          },
    key: original?.key ?? found.letter.record.key,
    headers: original?.headers ?? {},
    value: value === null ? null : base64(value),
  }
  return { detail, envelope: await envelopeText(registry, value) }
}

async function findDeadLetter(log: TenantLog, id: string): Promise<DeadLetter> {
  for await (const found of chosenDeadLetters(log, { ids: [id] })) return found
  throw new ExperienceError('NotFound', `there is no dead letter ${id}`)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** The JSON text of the envelope that the bytes hold, also where it breaks the contract; null where they hold none. */
async function envelopeText(registry: SchemaRegistry, value: Uint8Array | null): Promise<string | null> {
  const framed = value === null ? null : unframe(value)
  if (framed === null) return null
  const schema = await registry.schemaById(framed.schemaId as SchemaId)
  if (schema === null) return null
  try {
    return envelopeAsWritten(schema, framed.body)
  } catch {
    return null
  }
}
