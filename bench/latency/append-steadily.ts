import type { EventProducer } from '../../producers/event-producer.ts'
import { fleetEvents } from '../fleet-events.ts'
import { now } from './clock.ts'
import type { Acknowledgement } from './visible-latencies.ts'

const TICK_MS = 5

/** Appends so many events at an even pace, one call each. What does not get done in time is made up for at once. */
export async function appendSteadily(
  producer: EventProducer,
  events: number,
  perSecond: number,
): Promise<Acknowledgement[]> {
  const appends: Promise<Acknowledgement>[] = []
  const startedAt = performance.now()
  for (const envelope of fleetEvents(events)) {
    while (appends.length >= (perSecond * (performance.now() - startedAt)) / 1000) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
    appends.push(
      producer.append(envelope, { validated: true }).then(({ topic, partition, offset }) => ({
        partition: `${topic}/${partition}`,
        offset: Number(offset),
        at: now(),
      })),
    )
  }
  return Promise.all(appends)
}
