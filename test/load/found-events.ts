import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Asker } from './ask.ts'
import type { LoadTenant } from './load-tenant.ts'

/** How often who reads back comes again, each time after the 30 s that a question waits for the tables. */
const MOST_TRIES = 10

/** How often each event of a tenant was found, by its number. */
export interface Found {
  readonly posted: number[]
  readonly streamed: number[]
}

/** Counts the event that a line holds; false where it is none that was sent. */
export function countLine({ posted, streamed }: LoadTenant, line: string, found: Found): boolean {
  for (const [events, counts] of [
    [posted, found.posted],
    [streamed, found.streamed],
  ] as const) {
    const number = events.numberOf(line)
    if (number === null) continue
    counts[number] = (counts[number] ?? 0) + 1
    return true
  }
  return false
}

/** What is wrong with what was found of a tenant. */
export function faultsOf({ posted, streamed }: LoadTenant, found: Found): string[] {
  return [...posted.faults(found.posted), ...streamed.faults(found.streamed)]
}

/** Reads all events of a tenant back, with everything that was accepted so far; answers with what is wrong with them. */
export async function readBack(asker: Asker, tenant: LoadTenant): Promise<string[]> {
  const found: Found = { posted: [], streamed: [] }
  const faults: string[] = []
  let last = ''
  for await (const line of createInterface({ input: await answerTo(asker, tenant) })) {
    last = line
    const isKnown = countLine(tenant, line, found)
    if (!isKnown && !line.startsWith('{"count":')) faults.push(`an event that nobody sent: ${line.slice(0, 300)}`)
  }
  if (!last.startsWith('{"count":')) faults.push(`it ended with ${last.slice(0, 300)}`)
  return [...faults.slice(0, 5), ...faultsOf(tenant, found)].map((fault) => `${tenant.name}, read back: ${fault}`)
}

/** Where the tables are behind for longer than a question waits, it is asked again. */
async function answerTo(asker: Asker, { key }: LoadTenant): Promise<IncomingMessage> {
  const headers = { accept: 'application/x-ndjson' }
  for (let tries = 1; ; tries++) {
    const sending = asker.open({ method: 'GET', path: '/v1/events?consistency=latest', key, headers })
    sending.end()
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    if (response.statusCode !== 503 || tries === MOST_TRIES) return response
    response.resume()
    await sleep(1000 * Number(response.headers['retry-after']))
  }
}
