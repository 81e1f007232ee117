import type { LogRecord } from '../../../log/record.ts'
import { envelopeAvroSchema, ENVELOPE_SUBJECT } from '../../../schemas/avro/schema/avro-schema.ts'
import { envelopeToAvro } from '../../../schemas/avro/codec/envelope-avro.ts'
import { typeOf } from '../../../schemas/avro/avsc-types/type-of.ts'
import { frame } from '../../../schemas/avro/wire-format.ts'
import { ExperienceEventEnvelope, type ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import type { OpenLog } from '../../../service/wiring/open-log.ts'

const presentType = typeOf(envelopeAvroSchema)

/** A record as a foreign producer may write it. */
export function logRecord(value: string | Buffer, headers: Readonly<Record<string, string>> = {}): LogRecord {
  return { key: 'key', value: Buffer.from(value), headers, timestamp: 1_767_225_600_000 }
}

/** The id of the present schema. */
export function presentSchema({ registry }: Pick<OpenLog, 'registry'>): Promise<number> {
  return registry.register(ENVELOPE_SUBJECT, JSON.stringify(envelopeAvroSchema))
}

/** The Avro body of an envelope whose identifiers nobody has checked. */
export function uncheckedBody(input: ExperienceEventEnvelopeInput): Buffer {
  return envelopeToAvro(ExperienceEventEnvelope.parse(input))
}

/** A body with a 32-bit integer below zero, as a foreign Avro library may write it. */
export function negativeCycleBody(tenant: string): Buffer {
  return presentType.toBuffer({
    event_id: 'evt-negative',
    occurred_at: '2026-04-23T09:00:00Z',
    tenant_id: tenant,
    correlation_id: null,
    event: {
      'experience.HypothesisResolved': {
        chain_id: 'chain-a',
        fact_id: 'fact-1',
        domain: 'procurement',
        claim: 'c',
        confidence: 0.5,
        outcome: 'Confirmed',
        contradiction_id: null,
        formed_cycle: 2n ** 64n - 1n,
        resolved_cycle: 2n,
      },
    },
  })
}

/** The value of a record that names a schema. */
export function framed(schemaId: number, body: Buffer): Buffer {
  return frame(schemaId, body)
}
