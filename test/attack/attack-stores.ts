import { simulateFleet } from '../../producers/fleet/simulate-fleet.ts'
import { appendEvents } from '../integration/http/append-events.ts'
import { embeddedEngine } from '../integration/http/embedded-engine.ts'
import { HttpBench, withKey } from '../integration/http/http-bench.ts'
import { ask } from '../integration/http/questions.ts'
import { lmdb } from '../integration/service-place.ts'
import { budgetExceeded, hypothesis, outcome, transition } from '../integration/test-events.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'

export const bench = new HttpBench()

function eventsOf(tenant: string | undefined, name: string, count: number): ExperienceEventEnvelopeInput[] {
  const head = (n: number): { event_id: string; occurred_at: string; tenant_id?: string } => ({
    event_id: `${name}-${n}`,
    occurred_at: new Date(Date.UTC(2026, 3, 1) + n * 60_000).toISOString(),
    ...(tenant === undefined ? {} : { tenant_id: tenant }),
  })
  return [
    ...Array.from({ length: count }, (_, n) =>
      outcome(head(n), {
        backend: name === 'acme' ? String(n) : `RIVAL-${n}`,
        chain_id: name === 'acme' ? '2026-01-01' : `${name}-chain`,
        latency_ms: BigInt(n),
        tokens: BigInt(n * 3),
      }),
    ),
    hypothesis(head(count)),
    budgetExceeded(head(count + 1)),
    transition(`${name}-artifact`, 'Draft', 'Approved', head(count + 2)),
    // An id that comes twice with different content.
    outcome(head(0), { backend: 'again', chain_id: '2026-01-02' }),
  ]
}

/** Events of all kinds, with the same ids of chains, gates, policies and artifacts in every tenant. */
function fleetOf(tenant: string | null, secondsLater: number): ExperienceEventEnvelopeInput[] {
  const start = Date.UTC(2026, 3, 2) + secondsLater * 1000
  return [...simulateFleet({ seed: 5, events: 400, tenants: [tenant], agents: 8, start })]
}

/** Of the tenant who asks. */
export const mine = [...eventsOf('acme', 'acme', 300), ...fleetOf('acme', 0)]
/** Of others. */
export const theirs = [
  ...eventsOf('rival', 'rival', 500),
  ...eventsOf('aaa', 'aaa', 200),
  ...eventsOf(undefined, 'none', 100),
  ...fleetOf('rival', 3),
  ...fleetOf('aaa', -3),
  ...fleetOf(null, 1),
]

/** What no answer may hold: values of others, words of the engine, files. */
export const FOREIGN = /RIVAL-\d|rival-chain"|Exception|root:/

export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
}

/** A statement, sent to `/v1/sql`. */
export function statement(sql: string, forAll = false): Sent {
  return { path: '/v1/sql', init: { method: 'POST', body: sql }, forAll }
}

/** What somebody sends to one of the doors. */
export interface Sent {
  /** What stands behind the door's URL: `/v1/sql`, `/?query_id=1`. */
  readonly path: string
  readonly init: RequestInit
  /** Whether the key may see all tenants. */
  readonly forAll?: boolean
}

export interface AttackedStore {
  /** What the tenant `acme` is answered over HTTP, without what differs from one moment, or store, to another. */
  readonly http: (sent: Sent) => Promise<Answer>
  /** The same of the door for clients of ClickHouse. */
  readonly clickhouse: (sent: Sent) => Promise<Answer>
}

/** Differ from one answer to another. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(['x-request-id', 'date', 'experience-freshness', 'content-length'])

/** Serves a store whose rows lie in one part: the tenant's own share granules with those of others. */
export async function storeWith(events: readonly ExperienceEventEnvelopeInput[]): Promise<AttackedStore> {
  const environment = bench.newEnvironment(lmdb)
  const database = environment['CLICKHOUSE_DATABASE']!
  const key = await bench.createKey(environment, 'acme', ['read'])
  const everything = await bench.createKey(environment, null, ['read'])
  const { url, clickhouseUrl } = await bench.serve(environment, {
    clickhouse: true,
    changes: { SQL_TIMEOUT_MS: '5000', SQL_MEMORY_BYTES: '300000000' },
  })
  await appendEvents(environment, events)
  await ask(`${url}/v1/summary`, withKey(everything))
  const table = await embeddedEngine(bench.directory, (query) => {
    const rows = query(
      `SELECT name FROM system.tables WHERE database = '${database}' AND name LIKE 'events\\\\_%' AND engine = 'MergeTree'`,
    )
    const { name } = rows[0] as { name: string }
    query(`OPTIMIZE TABLE ${database}.${name} FINAL`)
    return name
  })
  // Not the word of the language.
  const named = (text: string): string =>
    text.replaceAll('EVENTS_TABLE', table).replaceAll(/DATABASE(?!S| \w)/g, database)
  const unnamed = (text: string): string =>
    text
      .replaceAll(/"seen_at":"[^"]+"/g, '"seen_at":"TIME"')
      .replaceAll(table, 'EVENTS_TABLE')
      .replaceAll(database, 'DATABASE')
      .replaceAll(environment['TOPIC_PREFIX']!, 'PREFIX')
      .replaceAll(key.split('_')[1]!, 'KEY')
  const answers =
    (door: string) =>
    async ({ path, init, forAll = false }: Sent): Promise<Answer> => {
      const body = typeof init.body === 'string' ? { body: named(init.body) } : {}
      const sent = withKey(forAll ? everything : key, { ...init, ...body })
      const response = await fetch(`${door}${named(path)}`, sent)
      const { status, headers } = response
      // Byte by byte: not every format is text.
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
      const told = [...headers].filter(([name]) => !OF_THE_MOMENT.has(name))
      return { status, headers: told.map(([name, value]) => [name, unnamed(value)]), text: unnamed(text) }
    }
  return { http: answers(url), clickhouse: answers(clickhouseUrl) }
}
