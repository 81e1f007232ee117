import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { readRecording } from '../../../producers/recordings/read-recording.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import type { Service } from '../../wiring/service.ts'
import type { CommandContext } from '../command-context.ts'
import { Progress } from '../terminal/progress.ts'

export interface DemoOptions {
  readonly events: bigint
  readonly seed: bigint
}

export const DEMO_EVENTS = 20_000n
export const DEMO_SEED = 1n

/** Appends a simulated fleet's events and a recording of the Converge engine, until it is stopped. Returns how many. */
export async function appendDemo(
  context: CommandContext,
  service: Service,
  { events, seed }: DemoOptions,
): Promise<bigint> {
  const producer = await service.openProducer()
  const fleet = simulateFleet({ seed: Number(seed), events: Number(events) })
  const simulated = await append('a simulated fleet', fleet, events)
  const recorded = await append('a recording of the Converge engine', readRecording())
  await producer.close()
  return BigInt(simulated + recorded)

  async function append(name: string, envelopes: Iterable<ExperienceEventEnvelope>, total?: bigint): Promise<number> {
    const progress = new Progress(context.stderr, `appending ${name}`)
    const started = Date.now()
    let appended = 0
    for (const chunk of chunks(envelopes, 1000)) {
      if (context.stopped.aborted) return appended
      appended += (await Promise.all(chunk.map((envelope) => producer.append(envelope, { validated: true })))).length
      progress.update(appended, total)
    }
    progress.end(`${appended} events, ${rate(appended, Date.now() - started)}`)
    return appended
  }
}

function rate(events: number, ms: number): string {
  return `${Math.round((1000 * events) / Math.max(ms, 1)).toLocaleString('en')} a second`
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length === size) {
      yield chunk
      chunk = []
    }
  }
  if (chunk.length > 0) yield chunk
}
