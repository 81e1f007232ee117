import { simulateFleet, type FleetOptions } from '../producers/fleet/simulate-fleet.ts'
import { envelopeToAvro } from '../schemas/avro/codec/envelope-avro.ts'
import { frame } from '../schemas/avro/wire-format.ts'
import type { ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { envelopeToJson } from '../schemas/json/envelope-json.ts'

/** The same events at every run. */
const SEED = 1

/** A fleet's events, one by one: memory does not grow with their number. */
export function fleetEvents(
  events: number,
  options: Omit<FleetOptions, 'seed' | 'events'> = {},
): Generator<ExperienceEventEnvelope, void> {
  return simulateFleet({ seed: SEED, events, ...options })
}

/** A fleet's events as a suite holds them: the same event at the same place of each list. */
export interface FleetEvents {
  readonly envelopes: readonly ExperienceEventEnvelope[]
  /** What a producer is given. */
  readonly jsonTexts: readonly string[]
  /** Avro bodies, without framing. */
  readonly avroBodies: readonly Buffer[]
}

/** So many of a fleet's events that `keep` accepts, by default all, in memory. */
export function collectFleetEvents(
  count: number,
  keep: (envelope: ExperienceEventEnvelope) => boolean = () => true,
): FleetEvents {
  const envelopes: ExperienceEventEnvelope[] = []
  for (const envelope of fleetEvents(Number.MAX_SAFE_INTEGER)) {
    if (envelopes.length === count) break
    if (keep(envelope)) envelopes.push(envelope)
  }
  return {
    envelopes,
    jsonTexts: envelopes.map(envelopeToJson),
    avroBodies: envelopes.map((envelope) => envelopeToAvro(envelope)),
  }
}

/** Records' values as the log holds them: each Avro body in the Confluent wire format. */
export function framedRecords(avroBodies: readonly Buffer[], schemaId: number): Buffer[] {
  return avroBodies.map((body) => frame(schemaId, body))
}
