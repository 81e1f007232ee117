import { hypothesis, outcome, transition } from './test-events.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'

/** What the doors for SQL are asked about: events of `acme`, of another tenant, and of none. */
export const eventsBehindDoors: readonly ExperienceEventEnvelopeInput[] = [
  outcome(
    { event_id: 'a', tenant_id: 'acme' },
    { backend: 'x', latency_ms: 10n, tokens: 18446744073709551615n, cost_microdollars: 1_500_000n },
  ),
  outcome({ event_id: 'b', tenant_id: 'acme' }, { backend: 'y, "z"\nw', passed: false }),
  outcome({ event_id: 'c', tenant_id: 'other' }, { backend: 'SECRET' }),
  hypothesis({ event_id: 'd', tenant_id: 'acme' }),
  transition('a-1', 'Draft', 'Approved', { event_id: 'e', tenant_id: 'acme' }),
  outcome({ event_id: 'f' }, { backend: 'nobody' }),
]
