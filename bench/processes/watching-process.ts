import { readSettings } from '../../service/settings.ts'
import { Service } from '../../service/wiring/service.ts'
import { now } from '../latency/clock.ts'
import type { Sighting } from '../latency/visible-latencies.ts'
import { readTask, serve } from './serve.ts'

/** A projector with the embedded engine, which is asked again and again how far a query sees. */
export interface WatchingTask {
  readonly environment: Readonly<Record<string, string>>
}

export interface WatchReport {
  readonly sightings: readonly Sighting[]
  /** From one answer to the next on average, ms: what a latency is known to. */
  readonly resolutionMs: number
}

/** Between an answer and the next question. */
const REST_MS = 5

const { environment } = readTask() as WatchingTask
const service = await Service.open(readSettings(environment), { notProjected: (error) => console.error(error) })
const { store } = service.readModel
const QUESTION = `SELECT topic, partition, toString(max(offset)) AS highest
  FROM ${store.table('events')} GROUP BY topic, partition`

const sightings: Sighting[] = []
const highestSeen = new Map<string, number>()

async function look(): Promise<void> {
  const answer = await store.query<{ topic: string; partition: number; highest: string }>({ sql: QUESTION })
  const at = now()
  for (const { topic, partition, highest } of answer) {
    const sighting = { partition: `${topic}/${partition}`, offset: Number(highest), at }
    if (highestSeen.get(sighting.partition) === sighting.offset) continue
    highestSeen.set(sighting.partition, sighting.offset)
    sightings.push(sighting)
  }
}

let looks = 0
const startedAt = now()

async function keepLooking(): Promise<void> {
  for (;;) {
    await look()
    looks++
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
  }
}

for (const work of [service.project(), keepLooking()]) {
  work.catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
}

serve({
  /** Answered once the work has begun. */
  begin: async () => {},
  /** Answered once all that the log holds can be seen. */
  report: async (): Promise<WatchReport> => {
    await service.catchUp()
    await look()
    return { sightings, resolutionMs: (now() - startedAt) / looks }
  },
})
