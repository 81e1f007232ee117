import { pause } from '../../../base/waiting.ts'
import type { EventProducer } from '../../../producers/event-producer.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { parseInstant } from '../../../schemas/instant.ts'

/** Two for each tenant of the fleet: together they emit a few events a second. */
const AGENTS = 12
const NS_PER_MS = 1_000_000n

/** Lets a small fleet work from now on, each event at the time at which it happens, until it is stopped. Errors: those of the producer. */
export async function runLiveFleet(producer: EventProducer, stopped: AbortSignal): Promise<void> {
  const now = Date.now()
  // No run is like another: equal events would count once.
  for (const envelope of simulateFleet({ seed: now, start: now, agents: AGENTS, events: Number.MAX_SAFE_INTEGER })) {
    const at = parseInstant(envelope.occurred_at)
    await pause(at === null ? 0 : Number(at / NS_PER_MS) - Date.now(), stopped)
    if (stopped.aborted) return
    await producer.append(envelope, { validated: true })
  }
}
