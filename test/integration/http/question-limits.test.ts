import { describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, linesOf } from './questions.ts'

const bench = new HttpBench()

/** More than connections hold between two ends that do not read: 16 MB. */
const LARGE = Array.from({ length: 4000 }, (_, n) =>
  outcome({ event_id: `evt-${n}`, tenant_id: 'acme' }, { metadata: { text: 'x'.repeat(4000) } }),
)

/** What is read from the tables in several steps: 48 MB. */
const SEVERAL_PAGES = Array.from({ length: 480 }, (_, n) =>
  outcome({ event_id: `evt-${n}`, tenant_id: 'acme' }, { metadata: { text: 'x'.repeat(100_000) } }),
)

/** An answer that nobody reads, until its reader goes away. */
interface Unread {
  /** Kept: fetch gives up an answer that nobody holds. */
  readonly response: Response
  leave(): void
}

/** Asks for more than fits on the way, and reads nothing of it. */
async function unread(url: string, key: string): Promise<Unread> {
  const leaving = new AbortController()
  const response = await fetch(`${url}/v1/events`, { ...withKey(key, inLines()), signal: leaving.signal })
  expect(response.status).toBe(200)
  return { response, leave: () => leaving.abort() }
}

describe('an answer in lines', () => {
  test('ends without its last line when the key is revoked', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, SEVERAL_PAGES)
    const operator = await bench.createKey(environment, null, ['operate'])
    const key = await bench.createKey(environment, 'acme', ['read'])
    const { response } = await unread(url, key)
    const id = key.split('_')[1]!
    const revoked = await fetch(`${url}/v1/ops/keys/${id}`, withKey(operator, { method: 'DELETE' }))
    expect(revoked.status).toBe(200)
    const failed = await response.text().then(
      () => null,
      (error: unknown) => error,
    )
    expect(failed).toBeInstanceOf(Error)
  })
})

describe('questions at once', () => {
  test('are limited for each key, by itself or by the settings, and end with the client', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { changes: { HTTP_QUESTIONS_OF_KEY_AT_ONCE: '2' } })
    await appendEvents(environment, LARGE)
    const usual = await bench.createKey(environment, 'acme', ['read'])
    const modest = await bench.createKey(environment, 'acme', ['read'], { queries_at_once: 1 })

    const first = await unread(url, usual)
    expect((await ask(`${url}/v1/summary`, withKey(usual))).status).toBe(200)
    const second = await unread(url, usual)
    const refused = await ask(`${url}/v1/summary`, withKey(usual))
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([429, { error: { code: 'TooManyRequests' } }])
    expect(refused.headers.get('retry-after')).toBe('1')

    const third = await unread(url, modest)
    expect((await ask(`${url}/v1/summary`, withKey(modest))).status).toBe(429)

    for (const each of [first, second, third]) each.leave()
    await until(async () => (await ask(`${url}/v1/summary`, withKey(usual))).status === 200)
    await until(async () => (await ask(`${url}/v1/summary`, withKey(modest))).status === 200)
    const whole = linesOf(await ask(`${url}/v1/events`, withKey(usual, inLines())))
    expect([whole.lines.length, whole.end['count']]).toEqual([LARGE.length, LARGE.length])
  })

  test('are limited for the process', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url, logged } = await bench.serve(environment, { changes: { HTTP_QUESTIONS_AT_ONCE: '1' } })
    await appendEvents(environment, LARGE)
    const one = await bench.createKey(environment, 'acme', ['read'])
    const other = await bench.createKey(environment, 'acme', ['read'])
    const leaving = await unread(url, one)
    const refused = await ask(`${url}/v1/summary`, withKey(other))
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([503, { error: { code: 'Unavailable' } }])
    expect(refused.headers.get('retry-after')).toBe('1')
    leaving.leave()
    await until(async () => (await ask(`${url}/v1/summary`, withKey(other))).status === 200)
    // That a client went away is no fault of the server's.
    expect(logged.filter((line) => line.includes('"level":50') && !line.includes('as many questions'))).toEqual([])
  })
})
