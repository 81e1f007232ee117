import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/contract/envelope.ts'
import { budgetExceeded, hypothesis, outcome, transition } from '../integration/test-events.ts'

function eventsOf(tenant: string | undefined, name: string, count: number): ExperienceEventEnvelopeInput[] {
  const head = (n: number): { event_id: string; occurred_at: string; tenant_id?: string } => ({
    event_id: `${name}-${n}`,
    occurred_at: new Date(Date.UTC(2026, 3, 1) + n * 60_000).toISOString(),
    ...(tenant === undefined ? {} : { tenant_id: tenant }),
  })
  return [
    ...Array.from({ length: count }, (_, n) =>
      outcome(head(n), {
        backend: name === 'acme' ? String(n) : `RIVAL-${n}`,
        chain_id: name === 'acme' ? '2026-01-01' : `${name}-chain`,
        latency_ms: BigInt(n),
        tokens: BigInt(n * 3),
      }),
    ),
    hypothesis(head(count)),
    budgetExceeded(head(count + 1)),
    transition(`${name}-artifact`, 'Draft', 'Approved', head(count + 2)),
    // An id that comes twice with different content.
    outcome(head(0), { backend: 'again', chain_id: '2026-01-02' }),
  ]
}

/** Events of all kinds, with the same ids of chains, gates, policies and artifacts in every tenant. */
function fleetOf(tenant: string | null, secondsLater: number): ExperienceEventEnvelopeInput[] {
  return [
    ...simulateFleet({
      seed: 5,
      events: 400,
      tenants: [tenant],
      agents: 8,
      start: Date.UTC(2026, 3, 2) + secondsLater * 1000,
    }),
  ]
}

/** Events of the tenant that asks. */
export const mine = [...eventsOf('acme', 'acme', 300), ...fleetOf('acme', 0)]
/** Events of others, and of nobody. */
export const theirs = [
  ...eventsOf('rival', 'rival', 500),
  ...eventsOf('aaa', 'aaa', 200),
  ...eventsOf(undefined, 'none', 100),
  ...fleetOf('rival', 3),
  ...fleetOf('aaa', -3),
  ...fleetOf(null, 1),
]
