import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import { readSettings } from '../../service/settings.ts'
import { openLog } from '../../service/wiring/open-log.ts'
import { openProducer } from '../../service/wiring/open-producer.ts'
import { fleetEvents } from '../fleet-events.ts'

const EVENTS_A_CALL = 2000

/** Events of so many tenants in topics of their own. */
export interface BenchTenants {
  readonly tenants: number
  /** Settings of whoever reads or writes them. */
  readonly environment: Readonly<Record<string, string>>
  /** Events that the topics hold; whoever appends more of `fleet` counts them. */
  events: number
  /** What comes next. */
  readonly fleet: Iterator<ExperienceEventEnvelope, void>
  readonly producer: EventProducer
  close(): Promise<void>
}

/** Makes the topics and writes events to them: the same events for any number of tenants, one tenant after the other in turn. */
export async function fillTenants(
  servers: Readonly<Record<string, string>>,
  tenants: number,
  events: number,
): Promise<BenchTenants> {
  const environment = { ...servers, TOPIC_PREFIX: `bench-${tenants}-tenants` }
  const settings = readSettings(environment)
  const log = await openLog(settings)
  const producer = await openProducer(log, settings)
  const fleet = inTurn(tenants)
  for (let written = 0; written < events; written += EVENTS_A_CALL) {
    const some = take(fleet, Math.min(EVENTS_A_CALL, events - written))
    await producer.appendMany(some, { validated: true })
  }
  return {
    tenants,
    environment,
    events,
    fleet,
    producer,
    close: async () => {
      await producer.close()
      await log.close()
    },
  }
}

function* inTurn(tenants: number): Generator<ExperienceEventEnvelope, void> {
  let made = 0
  for (const envelope of fleetEvents(Number.MAX_SAFE_INTEGER)) {
    yield { ...envelope, tenant_id: `tenant-${made++ % tenants}` }
  }
}

function take<Item>(items: Iterator<Item, void>, count: number): Item[] {
  return Array.from({ length: count }, () => items.next().value as Item)
}
