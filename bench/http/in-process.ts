import type { EventProducer } from '../../producers/event-producer.ts'
import { perSecond } from '../per-second.ts'

/** As many as keep the log at work. */
const UNDER_WAY = 4096

/** Appends JSON texts with the producer of this process, as fast as it takes them; answers with their rate, per second. */
export async function appendInProcess(producer: EventProducer, jsonTexts: readonly Buffer[]): Promise<number> {
  const started = performance.now()
  let before: Promise<unknown> = Promise.resolve()
  for (let at = 0; at < jsonTexts.length; at += UNDER_WAY) {
    const these = Promise.all(jsonTexts.slice(at, at + UNDER_WAY).map((json) => producer.appendJson(json)))
    await before
    before = these
  }
  await before
  return perSecond(jsonTexts.length, started)
}
