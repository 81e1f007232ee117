import { offset } from '../../../base/position.ts'
import { contentDigest } from '../../../schemas/content-digest.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { parseInstant } from '../../../schemas/instant.ts'
import type { LoggedEvent } from '../../../projections/events/event-row.ts'

let nextOffset = 0n

/** An event as the log would hold it; every call has the next offset. */
export function loggedEvent(input: ExperienceEventEnvelopeInput, facts: Partial<LoggedEvent> = {}): LoggedEvent {
  const envelope = parseEnvelope(input)
  const instant = parseInstant(envelope.occurred_at)
  return {
    envelope,
    instant: instant ?? 0n,
    instantSource: instant === null ? 'log' : 'text',
    digest: contentDigest(envelopeToJson(envelope)),
    topic: 'experience.events.acme',
    partition: 0,
    offset: offset(nextOffset++),
    loggedAt: 1_767_225_600_000,
    sequence: 0,
    ...facts,
  }
}

type OutcomeData = Extract<ExperienceEventEnvelopeInput['event'], { type: 'OutcomeRecorded' }>['data']

/** An outcome of tenant acme. */
export function outcome(
  eventId: string,
  data: Partial<OutcomeData> = {},
  envelope: Partial<ExperienceEventEnvelopeInput> = {},
): ExperienceEventEnvelopeInput {
  return {
    event_id: eventId,
    occurred_at: '2026-04-23T09:15:00Z',
    tenant_id: 'acme',
    ...envelope,
    event: { type: 'OutcomeRecorded', data: { chain_id: 'chain-1', step: 'Planning', passed: true, ...data } },
  }
}
