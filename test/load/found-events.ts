import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import type { Asker } from './ask.ts'
import type { LoadTenant } from './load-tenant.ts'

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
  const path = '/v1/events?consistency=latest'
  const sending = asker.open({ method: 'GET', path, key: tenant.key, headers: { accept: 'application/x-ndjson' } })
  sending.end()
  const [response] = (await once(sending, 'response')) as [IncomingMessage]
  const found: Found = { posted: [], streamed: [] }
  const faults: string[] = []
  let last = ''
  for await (const line of createInterface({ input: response })) {
    last = line
    const isKnown = countLine(tenant, line, found)
    if (!isKnown && !line.startsWith('{"count":')) faults.push(`an event that nobody sent: ${line.slice(0, 300)}`)
  }
  if (response.statusCode !== 200 || !last.startsWith('{"count":')) faults.push(`it ended with ${last.slice(0, 300)}`)
  return [...faults.slice(0, 5), ...faultsOf(tenant, found)].map((fault) => `${tenant.name}, read back: ${fault}`)
}
