import { NOBODY_LISTENS, type Observer } from '../../base/observer.ts'
import { EventEncoder } from '../../producers/encode-event.ts'
import { EventProducer } from '../../producers/event-producer.ts'
import type { Settings } from '../settings.ts'
import type { OpenLog } from './open-log.ts'

/** A producer on an open log. Errors: `Unavailable`, `StorageError` (the registry refuses the schema). */
export async function openProducer(
  { log, registry, topics }: OpenLog,
  settings: Settings,
  observer: Observer = NOBODY_LISTENS,
): Promise<EventProducer> {
  const encoder = await EventEncoder.create({ registry, topics })
  return new EventProducer(log, encoder, {
    lingerMs: settings.PRODUCER_LINGER_MS,
    batchBytes: settings.PRODUCER_BATCH_BYTES,
    maxInFlightBytes: settings.PRODUCER_MAX_IN_FLIGHT_BYTES,
    observer,
  })
}
