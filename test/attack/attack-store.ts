import type { ExperienceEventEnvelopeInput } from '../../schemas/contract/envelope.ts'
import { appendEvents } from '../integration/http/append-events.ts'
import { embeddedEngine } from '../integration/http/embedded-engine.ts'
import { withKey, type HttpBench } from '../integration/http/http-bench.ts'
import { ask } from '../integration/http/questions.ts'
import { lmdb } from '../integration/service-place.ts'

/** What no answer may hold: values of others, words of the engine, files. */
export const FOREIGN = /RIVAL-\d|rival-chain"|Exception|root:/

/** What was answered, without what differs from one moment and one store to another. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly text: string
}

export interface AttackStore {
  /** Asks with the key of the tenant, or with one for all. */
  readonly answers: (attack: string, forAll?: boolean) => Promise<Answer>
}

/** Serves a store whose rows lie in one part: the tenant's own share granules with those of others. */
export async function attackStore(
  bench: HttpBench,
  events: readonly ExperienceEventEnvelopeInput[],
): Promise<AttackStore> {
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
