import { withChild, type Child } from '../processes/child.ts'
import type { HttpTask, Listening } from '../processes/http-process.ts'
import type { Contest } from '../compare.ts'
import { framedRecords, type FleetEvents } from '../fleet-events.ts'
import { perSecond } from '../per-second.ts'
import { postEvents } from './post-events.ts'

const PROGRAM = new URL('../processes/http-process.ts', import.meta.url)
const NDJSON = 'application/x-ndjson'
const AVRO_RECORDS = 'application/vnd.experience-log.avro-records'

/** How bodies are sent in a contest. */
interface Sending {
  readonly measure: string
  readonly connections: number
  readonly type: string
  readonly bodyOf: (from: number, to: number, schemaId: number) => Buffer
}

/** Lets contests of events over HTTP work with a process that serves, and appends by itself as the other side. */
export async function withIngestContests<Result>(
  task: HttpTask,
  fleet: FleetEvents,
  work: (contests: readonly Contest[]) => Promise<Result>,
): Promise<Result> {
  const lines = (from: number, to: number): Buffer => Buffer.from(`${fleet.jsonTexts.slice(from, to).join('\n')}\n`)
  const records = (from: number, to: number, schemaId: number): Buffer =>
    Buffer.concat(framedRecords(fleet.avroBodies.slice(from, to), schemaId).flatMap((each) => [lengthOf(each), each]))
  const sendings: readonly Sending[] = [
    { measure: 'ingest: NDJSON over one connection', connections: 1, type: NDJSON, bodyOf: lines },
    { measure: 'ingest: NDJSON over four connections', connections: 4, type: NDJSON, bodyOf: lines },
    { measure: 'ingest: Avro records over one connection', connections: 1, type: AVRO_RECORDS, bodyOf: records },
    { measure: 'ingest: Avro records over four connections', connections: 4, type: AVRO_RECORDS, bodyOf: records },
  ]
  return withChild(PROGRAM, task, (child) => work(sendings.map((sending) => contestOf(child, task.events, sending))))
}

function contestOf(child: Child, events: number, sending: Sending): Contest {
  return {
    measure: sending.measure,
    unit: 'events/s',
    better: 'higher',
    ours: () => overHttp(child, events, sending),
    baselineName: 'the producer in the process, JSON texts',
    baseline: () => child.ask<number>('append'),
  }
}

async function overHttp(child: Child, events: number, { connections, type, bodyOf }: Sending): Promise<number> {
  const { url, schemaId } = await child.ask<Listening>('listen')
  const share = Math.ceil(events / connections)
  const bodies = Array.from({ length: connections }, (_, place) =>
    bodyOf(place * share, Math.min(events, (place + 1) * share), schemaId),
  )
  const started = performance.now()
  const accepted = await Promise.all(bodies.map((body) => postEvents(url, type, body)))
  const rate = perSecond(events, started)
  await child.ask('close')
  const sum = accepted.reduce((one, other) => one + other, 0)
  if (sum !== events) throw new Error(`${sum} of ${events} events were accepted`)
  return rate
}

function lengthOf(record: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(record.length)
  return length
}
