import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { loggedEvents } from './logged-events.ts'
import { keyHeaders, NDJSON, openPost, post, textOf } from './post-events.ts'

const bench = new HttpBench()

function lines(count: number): string[] {
  return Array.from({ length: count }, () => `${textOf(outcome({ tenant_id: 'acme' }))}\n`)
}

/** How many events the process has appended, as it tells itself. */
async function appendedBy(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^experience_log_appended_total (\d+)/m.exec(text)?.[1] ?? 0)
}

describe('limits', () => {
  test('a key that has had its share is told when to come again', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'], { events_per_second: 100 })
    const other = await bench.createKey(environment, 'acme', ['produce'])
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const array = `[${lines(1000).join(',')}]`
    const headers = { 'content-type': 'application/json' }
    expect((await post(url, array, keyHeaders(key, headers))).status).toBe(200)
    const refused = await post(url, array, keyHeaders(key, headers))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(refused.body.error).toMatchObject({ code: 'TooManyRequests' })
    expect((await post(url, array, keyHeaders(other, headers))).status).toBe(200)
    expect(await loggedEvents(environment, 'acme')).toHaveLength(2000)
  })

  test('a stream is slowed down, not cut', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'], { bytes_per_second: 300_000 })
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const body = lines(2000).join('')
    const begun = performance.now()
    const answer = await post(url, body, keyHeaders(key, NDJSON))
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2000 } })
    // A second's worth comes at once, and what came last is answered at once: the next request waits for it.
    expect(performance.now() - begun).toBeGreaterThan(((body.length - 300_000 - 65_536) / 300_000) * 900)
  })

  test('what came last is answered when the log has it, and the next request waits for it', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'], { events_per_second: 1 })
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const body = lines(100).join('')
    const begun = performance.now()
    expect(await post(url, body, keyHeaders(key, NDJSON))).toMatchObject({ status: 200, body: { accepted: 100 } })
    expect(performance.now() - begun).toBeLessThan(50_000)
    const refused = await post(url, body, keyHeaders(key, NDJSON))
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1)
  })

  test('a client that goes away while its key is in debt leaves its place at once', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'], { events_per_second: 1 })
    const other = await bench.createKey(environment, 'acme', ['produce'])
    const { url } = await bench.serve(environment, { roles: ['ingest'], changes: { HTTP_INGEST_AT_ONCE: '1' } })
    // The rest has come as well, and is whole.
    const [one, two] = [lines(100).join(''), lines(1).join('')]
    const headers = keyHeaders(key, NDJSON)
    const { sending } = await openPost(url, one, async () => (await appendedBy(url)) === 100, headers)
    sending.end(two)
    expect((await post(url, two, keyHeaders(other, NDJSON))).status).toBe(503)
    sending.destroy()
    const begun = performance.now()
    await until(async () => (await post(url, two, keyHeaders(other, NDJSON))).status === 200)
    expect(performance.now() - begun).toBeLessThan(50_000)
    expect(await loggedEvents(environment, 'acme')).toHaveLength(101)
  })

  test('a stream ends when its key is revoked: what came before is answered, and nothing more is taken', async () => {
    const environment = bench.newEnvironment(lmdb)
    const operator = await bench.createKey(environment, 'acme', ['operate'])
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const [one, two] = lines(2) as [string, string]
    const isTaken = async () => (await appendedBy(url)) === 1
    const { sending, answered } = await openPost(url, one, isTaken, keyHeaders(key, NDJSON))
    const id = key.split('_')[1]!
    const revoking = { method: 'DELETE', headers: keyHeaders(operator, {}) }
    expect((await fetch(`${url}/v1/ops/keys/${id}`, revoking)).status).toBe(200)
    sending.write(two)
    const { status, body } = await answered
    sending.destroy()
    expect(status).toBe(401)
    expect(JSON.parse(body)).toMatchObject({ accepted: 1, error: { code: 'Unauthorized' } })
    expect(await loggedEvents(environment, 'acme')).toHaveLength(1)
  })

  test('of more requests at once than the server takes, some are sent away', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest'], changes: { HTTP_INGEST_AT_ONCE: '1' } })
    const [one, two] = lines(2) as [string, string]
    const { sending, answered } = await openPost(url, one, async () => (await appendedBy(url)) === 1)
    const refused = await post(url, two)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    sending.end(two)
    expect((await answered).status).toBe(200)
    expect((await post(url, two)).status).toBe(200)
  })
})

describe('a body that takes its time', () => {
  test('is stored as it comes, and what a client sent that went away stays', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url, logged } = await bench.serve(environment, { roles: ['ingest'], changes: { HTTP_INGEST_AT_ONCE: '1' } })
    const [one, two, three] = lines(3) as [string, string, string]
    const { sending } = await openPost(url, one, async () => (await appendedBy(url)) === 1)
    sending.write(two + three.slice(0, 50))
    await until(async () => (await appendedBy(url)) === 2)
    sending.destroy()
    // Its place is free again.
    await until(async () => (await post(url, three)).status === 200)
    expect(await loggedEvents(environment, 'acme')).toHaveLength(3)
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('is ended some time after the process is asked to stop, and is told what was stored', async () => {
    const environment = bench.newEnvironment(lmdb)
    const served = await bench.serve(environment, { roles: ['ingest'] })
    const { url } = served
    const [one, two] = lines(2) as [string, string]
    const { sending, answered } = await openPost(url, one, async () => (await appendedBy(url)) === 1)
    const stopped = served.stop()
    sending.write(two)
    const { status, body } = await answered
    await stopped
    expect(status).toBe(503)
    expect(JSON.parse(body)).toMatchObject({ accepted: 2, error: { code: 'Unavailable' } })
    expect(await loggedEvents(environment, 'acme')).toHaveLength(2)
  })

  test('that ends before the process stops is answered as ever', async () => {
    const environment = bench.newEnvironment(lmdb)
    const served = await bench.serve(environment, { roles: ['ingest'] })
    const { url } = served
    const [one, two] = lines(2) as [string, string]
    const { sending, answered } = await openPost(url, one, async () => (await appendedBy(url)) === 1)
    const stopped = served.stop()
    sending.end(two)
    expect((await answered).status).toBe(200)
    await stopped
    expect(await loggedEvents(environment, 'acme')).toHaveLength(2)
  })
})

test('requests one behind the other on a connection are answered in their order', async () => {
  const environment = bench.newEnvironment(lmdb)
  const { url } = await bench.serve(environment, { roles: ['ingest'] })
  const texts = lines(3).map((line) => line.trim())
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let answers = ''
  socket.on('data', (chunk) => (answers += chunk.toString()))
  const head = 'POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
  socket.write(texts.map((text) => `${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`).join(''))
  await until(() => answers.split('"accepted":1').length === 4)
  socket.end()
  await once(socket, 'close')
  expect(await loggedEvents(environment, 'acme')).toEqual(texts)
})
