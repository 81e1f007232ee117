import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'

/** What names a stream of events: equal specifications give equal events, in every process. */
export interface StreamSpec {
  readonly seed: number
  readonly events: number
  readonly tenants: readonly (string | null)[]
}

/** Every so many events an id comes again with other content, as of a producer that restarted its counter. */
const REUSED_ID_EVERY = 97

/** The events of a stream. They are all different; some share their ids. */
export function* eventStream(spec: StreamSpec): Generator<ExperienceEventEnvelope> {
  const latestId = new Map<string | null, string>()
  let made = 0
  for (const event of simulateFleet(spec)) {
    const tenant = event.tenant_id ?? null
    const earlier = latestId.get(tenant)
    const reuses = ++made % REUSED_ID_EVERY === 0 && earlier !== undefined
    yield reuses ? { ...event, event_id: earlier } : event
    latestId.set(tenant, event.event_id)
  }
}
