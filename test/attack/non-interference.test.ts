import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { appendEvents } from '../integration/http/append-events.ts'
import { embeddedEngine } from '../integration/http/embedded-engine.ts'
import { HttpBench, withKey } from '../integration/http/http-bench.ts'
import { ask } from '../integration/http/questions.ts'
import { lmdb } from '../integration/service-place.ts'
import { budgetExceeded, hypothesis, outcome, transition } from '../integration/test-events.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'
import { attacks } from './attack-statements.ts'

const bench = new HttpBench()

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

const mine = eventsOf('acme', 'acme', 300)
const theirs = [...eventsOf('rival', 'rival', 500), ...eventsOf('aaa', 'aaa', 200), ...eventsOf(undefined, 'none', 100)]

interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
}

interface Store {
  readonly answers: (attack: string, forAll?: boolean) => Promise<Answer>
}

/** Serves a store whose rows lie in one part: the tenant's own share granules with those of others. */
async function storeWith(events: readonly ExperienceEventEnvelopeInput[]): Promise<Store> {
  const environment = bench.newEnvironment(lmdb)
  const database = environment['CLICKHOUSE_DATABASE']!
  const key = await bench.createKey(environment, 'acme', ['read'])
  const everything = await bench.createKey(environment, null, ['read'])
  const { url } = await bench.serve(environment, { changes: { SQL_TIMEOUT_MS: '5000', SQL_MEMORY_BYTES: '300000000' } })
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
  const answers = async (attack: string, forAll = false): Promise<Answer> => {
    const body = attack.replaceAll('EVENTS_TABLE', table).replaceAll('DATABASE', database)
    const init = withKey(forAll ? everything : key, { method: 'POST', body })
    const { status, headers, text } = await ask(`${url}/v1/sql`, init)
    const told = [...headers].filter(
      ([name]) => !['x-request-id', 'date', 'experience-freshness', 'content-length'].includes(name),
    )
    return {
      status,
      headers: told,
      text: comparable(text)
        .replaceAll(table, 'EVENTS_TABLE')
        .replaceAll(database, 'DATABASE')
        .replaceAll(environment['TOPIC_PREFIX']!, 'PREFIX'),
    }
  }
  return { answers }
}

/** Without what differs from one moment to another. */
function comparable(text: string): string {
  return text.replaceAll(/"seen_at":"[^"]+"/g, '"seen_at":"TIME"')
}

test('no statement of a tenant tells whether others have events in the same store', async () => {
  const alone = await storeWith(mine)
  const expected: Answer[] = []
  for (const { sql } of attacks) expected.push(await alone.answers(sql))
  const beside = await storeWith([...mine, ...theirs])
  const found: { kind: string; sql: string; alone: Answer; beside: Answer }[] = []
  for (const [place, { kind, sql }] of attacks.entries()) {
    const answer = await beside.answers(sql)
    expect([sql, answer.text]).toEqual([sql, expect.not.stringMatching(/RIVAL-\d|rival-chain"|Exception|root:/)])
    if (JSON.stringify(answer) !== JSON.stringify(expected[place]))
      found.push({ kind, sql, alone: expected[place]!, beside: answer })
  }
  expect(found).toEqual([])

  // The list means something: it has enough kinds, much of it is answered, and who may see all can tell the stores apart by it.
  const statuses = expected.map(({ status }) => status)
  expect(attacks.length).toBeGreaterThan(600)
  expect(new Set(attacks.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(15)
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100)
  expect(statuses.every((status) => status === 200 || status === 400)).toBe(true)
  let told = 0
  for (const [place, { kind, sql }] of attacks.entries()) {
    if (kind !== 'oracles by exception') continue
    if (JSON.stringify(await beside.answers(sql, true)) !== JSON.stringify(expected[place])) told++
  }
  expect(told).toBeGreaterThan(100)
  expect(existsSync('/tmp/attack')).toBe(false)
})
