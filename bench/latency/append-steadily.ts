import type { EventProducer } from '../../producers/event-producer.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import { now } from './clock.ts'
import type { Acknowledgement } from './visible-latencies.ts'

const TICK_MS = 5

/** Appends the next so many events at an even pace, one call each. What does not get done in time is made up for at once. */
export async function appendSteadily(
  producer: EventProducer,
  fleet: Iterator<ExperienceEventEnvelope, void>,
  events: number,
  perSecond: number,
): Promise<Acknowledgement[]> {
  const appends: Promise<Acknowledgement>[] = []
  const startedAt = performance.now()
  while (appends.length < events) {
    const envelope = fleet.next().value
    if (envelope === undefined) throw new Error('the fleet has no more events')
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
