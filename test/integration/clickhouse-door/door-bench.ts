import { eventsBehindDoors } from '../events-behind-doors.ts'
import { appendEvents } from '../http/append-events.ts'
import { HttpBench } from '../http/http-bench.ts'
import { ask, type Answered } from '../http/questions.ts'
import { lmdb } from '../service-place.ts'

export const bench = new HttpBench()

/** A door with events of two tenants behind it, and who asks there. */
export interface Door {
  readonly url: string
  readonly database: string
  /** A key of the tenant `acme`. */
  readonly key: string
  readonly everythingKey: string
  /** Asks as `acme`; `query` is what stands in the URL: `?a=b`. */
  readonly acme: (sql: string, query?: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>
}

export async function openDoor(changes: Readonly<Record<string, string>> = {}): Promise<Door> {
  const environment = bench.newEnvironment(lmdb)
  const key = await bench.createKey(environment, 'acme', ['read'])
  const everythingKey = await bench.createKey(environment, null, ['read'])
  const { clickhouseUrl: url } = await bench.serve(environment, { changes, clickhouse: true })
  await appendEvents(environment, eventsBehindDoors)
  return {
    url,
    key,
    everythingKey,
    database: environment['CLICKHOUSE_DATABASE']!,
    acme: (sql, query = '', headers = {}) =>
      ask(`${url}/${query}`, { method: 'POST', body: sql, headers: { 'x-clickhouse-key': key, ...headers } }),
  }
}
