import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { parseEnvelope } from '../../../schemas/contract/envelope.ts'
import { ExperienceProducer } from '../../../service/producer/experience-producer.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { kafka, lmdb, settingsOf, type Environment } from '../service-place.ts'
import { budgetExceeded, outcome } from '../test-events.ts'
import { idOf, StreamClient, type StreamOptions } from './event-stream.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()
const QUICK = { TAIL_HEARTBEAT_MS: '100' }

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`the live tail on ${log.name}`, () => {
    let environment: Environment
    let producer: ExperienceProducer
    let url: string
    let key: string
    let stop: () => Promise<void>
    const streams: StreamClient[] = []

    beforeEach(async () => {
      environment = bench.newEnvironment(log)
      producer = await ExperienceProducer.open(settingsOf(environment))
      key = await bench.createKey(environment, 'acme', ['read'])
      const served = await bench.serve(environment, { roles: ['query'], changes: QUICK })
      url = `${served.url}/v1/tail`
      stop = () => served.stop()
    })
    afterEach(async () => {
      for (const stream of streams.splice(0)) stream.cut()
      await producer.close()
    })
    const append = async (...ids: string[]): Promise<void> => {
      for (const event_id of ids) await producer.append(outcome({ tenant_id: 'acme', event_id }))
    }
    const open = async (query = '', options: StreamOptions & { key?: string | null } = {}): Promise<StreamClient> => {
      const stream = await StreamClient.open(url + query, options.key === undefined ? key : options.key, options)
      streams.push(stream)
      return stream
    }

    test('tells what is appended from now on, or from the beginning, or from an instant on', async () => {
      await append('a')
      const now = await open()
      expect(now.status).toBe(200)
      expect(now.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      const envelope = outcome({ tenant_id: 'acme', event_id: 'b' })
      await producer.append(envelope)
      await now.has(1)
      expect(now.events).toEqual([
        { id: expect.any(String), event: 'OutcomeRecorded', data: envelopeToJson(parseEnvelope(envelope)) },
      ])
      expect(now.parser.retry).toBe(1000)

      const all = await open('?from=beginning')
      const instant = await open('?from=2020-01-01T00:00:00Z')
      await append('c')
      await all.has(3)
      await instant.has(3)
      await now.has(2)
      expect(all.eventIds).toEqual(['a', 'b', 'c'])
      expect(instant.eventIds).toEqual(['a', 'b', 'c'])
      expect(now.eventIds).toEqual(['b', 'c'])
      // The ids of all three mean the same.
      expect(new Set([now, all, instant].map(({ parser }) => parser.lastEventId)).size).toBe(1)
    })

    test('begins with an id and beats, so that who is cut before the first event goes on as well', async () => {
      const first = await open()
      await until(() => first.parser.comments > 2)
      const id = first.parser.lastEventId
      expect(id).not.toBe('')
      first.cut()
      await append('a')
      const second = await open('', { headers: { 'last-event-id': id } })
      await second.has(1)
      expect(second.eventIds).toEqual(['a'])
    })

    test('goes on behind a token or a position', async () => {
      await append('a', 'b', 'c')
      const all = await open('?from=beginning')
      await all.has(3)
      const behindToken = await open(`?after=${all.events[0]!.id}`)
      const lines = await open('?from=beginning&format=ndjson')
      await until(() => lines.lines.length >= 4)
      const { topic, partition, offset } = lines.lines[1]!['position'] as Record<string, string>
      const behindPosition = await open(`?after=${topic}/${partition}/${offset}`)
      await behindToken.has(2)
      await behindPosition.has(2)
      expect(behindToken.eventIds).toEqual(['b', 'c'])
      expect(behindPosition.eventIds).toEqual(['b', 'c'])
      for (const [after, message] of [
        ['nonsense', 'after: is not a token'],
        [`${topic}/0/99`, 'beyond the end'],
        [`${topic}/7/0`, 'no partition 7'],
      ]) {
        const refused = await fetch(`${url}?after=${after}`, withKey(key))
        expect(refused.status).toBe(400)
        const { error } = (await refused.json()) as { error: { field: string; message: string } }
        expect(error.field).toBe('after')
        expect(error.message).toContain(message)
      }
      const byHeader = await fetch(url, withKey(key, { headers: { 'last-event-id': 'nonsense' } }))
      expect(await byHeader.json()).toMatchObject({ error: { field: 'last-event-id' } })
    })

    test('as NDJSON tells items and heartbeats, each with a type', async () => {
      const stream = await open('', { headers: { accept: 'application/x-ndjson' } })
      expect(stream.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
      await append('a')
      await until(() => stream.lines.some(({ type }) => type === 'event'))
      await until(() => stream.lines.at(-1)!['type'] === 'heartbeat' && !('token' in stream.lines.at(-1)!))
      expect(stream.lines[0]).toEqual({ type: 'heartbeat', at: expect.any(String), token: expect.any(String) })
      expect(stream.lines.find(({ type }) => type === 'event')).toMatchObject({
        token: expect.any(String),
        position: { partition: 0, offset: '0' },
        logged_at: expect.any(Number),
        envelope: { event_id: 'a', tenant_id: 'acme' },
      })
      expect(stream.lines.at(-1)).toEqual({ type: 'heartbeat', at: expect.any(String) })
    })

    test('filters as questions do, and beats with new ids while nothing matches', async () => {
      await append('before')
      const chain = await open('?chain_id=chain-b')
      const kinds = await open('?kinds=BudgetExceeded,FactPromoted')
      const run = await open('?correlation_id=run-1&kinds=OutcomeRecorded&kinds=BudgetExceeded')
      const before = chain.parser.lastEventId
      await producer.append(outcome({ tenant_id: 'acme', event_id: 'a', correlation_id: 'run-1' }))
      await until(() => chain.parser.lastEventId !== before)
      const skipped = chain.parser.lastEventId
      await producer.append(outcome({ tenant_id: 'acme', event_id: 'b' }, { chain_id: 'chain-b' }))
      await producer.append(budgetExceeded({ tenant_id: 'acme', event_id: 'c' }))
      await chain.has(1)
      await kinds.has(1)
      await run.has(1)
      expect([chain, kinds, run].map(({ eventIds }) => eventIds)).toEqual([['b'], ['c'], ['a']])
      const again = await open('', { headers: { 'last-event-id': skipped } })
      await again.has(2)
      expect(again.eventIds).toEqual(['b', 'c'])
      for (const wrong of ['?kinds=Nothing', '?from=soon', '?chain=x', '?format=xml', '?tenant_id=a%20b']) {
        expect((await fetch(url + wrong, withKey(key))).status).toBe(400)
      }
    })

    test('tells no tenant anything of another, nor whether it exists', async () => {
      const all = await bench.createKey(environment, null, ['read'])
      await append('a')
      await producer.append(outcome({ tenant_id: 'other', event_id: 'x' }))
      const everything = await open('?from=beginning&format=ndjson', { key: all })
      await until(() => everything.lines.filter(({ type }) => type === 'event').length === 2)
      const foreign = everything.lines.find(({ envelope }) => (envelope as { event_id?: string })?.event_id === 'x')!
      const other = await open('?from=beginning&tenant_id=other', { key: all })
      await other.has(1)

      const own = await open('?from=beginning')
      const asked = await open('?from=beginning&tenant_id=other')
      const nobody = await open('?from=beginning&tenant_id=nobody')
      await producer.append(outcome({ tenant_id: 'other', event_id: 'y' }))
      await append('b')
      await other.has(2)
      await own.has(2)
      expect(own.eventIds).toEqual(['a', 'b'])
      await until(() => asked.parser.comments > 2 && nobody.parser.comments > 2)
      expect([asked.events, nobody.events]).toEqual([[], []])
      expect(asked.parser.lastEventId).toBe(nobody.parser.lastEventId)
      // A token of a tenant's holds that tenant alone.
      expect(own.parser.lastEventId.length).toBeLessThan(30)

      const { topic } = foreign['position'] as { topic: string }
      const refusalOf = async (query: string): Promise<unknown[]> => {
        const answer = await fetch(url + query, withKey(key))
        return [answer.status, (await answer.text()).replaceAll('nobody', 'other')]
      }
      const nothing = topic.replace('other', 'nobody')
      expect(await refusalOf(`?after=${topic}/0/0`)).toEqual(await refusalOf(`?after=${nothing}/0/0`))
      expect(await refusalOf(`?tenant_id=other&after=${topic}/0/0`)).toEqual(
        await refusalOf(`?tenant_id=nobody&after=${nothing}/0/0`),
      )
      expect((await refusalOf(`?after=${other.events[0]!.id}`))[0]).toBe(400)
      expect((await refusalOf(`?after=${foreign['token'] as string}`))[0]).toBe(400)
    })

    test('tells tenants that come later, and topics that are gone', async () => {
      const all = await bench.createKey(environment, null, ['read'])
      const stream = await open('', { key: all })
      const own = await open()
      await append('a')
      await producer.append(outcome({ event_id: 'b' }))
      await stream.has(2)
      await own.has(1)
      expect(stream.eventIds.toSorted()).toEqual(['a', 'b'])
      expect(own.eventIds).toEqual(['a'])

      const opened = await openLog(settingsOf(environment))
      await opened.log.deleteTopics([opened.topics.topic('events', 'acme')])
      await opened.close()
      await own.has(2)
      expect(own.events[1]).toMatchObject({ event: 'lost', data: expect.stringContaining('"because":"deleted"') })
      // The producer before may still believe in the topic.
      const later = await ExperienceProducer.open(settingsOf(environment))
      await later.append(outcome({ tenant_id: 'acme', event_id: 'c' }))
      await later.close()
      await own.has(3)
      await stream.has(4)
      expect(idOf(own.events[2]!.data)).toBe('c')
      // Who comes again from before is told, too.
      const again = await open('', { headers: { 'last-event-id': own.events[0]!.id } })
      await again.has(2)
      expect(again.events.map(({ event }) => event)).toEqual(['lost', 'OutcomeRecorded'])
    })

    test('ends with the id from which to go on when the process stops, and when the key is revoked or expires', async () => {
      const operator = await bench.createKey(environment, 'acme', ['operate'])
      const stopped = await open()
      const revokedKey = await bench.createKey(environment, 'acme', ['read'])
      const revoked = await open('?format=ndjson', { key: revokedKey })
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ roles: ['read'], expires: '2s' })
      const keys = url.replace('/tail', '/ops/keys')
      const made = await fetch(keys, withKey(operator, { method: 'POST', headers, body }))
      const expiring = await open('', { key: ((await made.json()) as { key: string }).key })
      expect(expiring.status).toBe(200)
      await append('a')
      await expiring.has(1)
      await fetch(`${keys}/${revokedKey.split('_')[1]}`, withKey(operator, { method: 'DELETE' }))
      await revoked.ended()
      expect(revoked.lines.at(-1)).toEqual({ type: 'closed', reason: 'unauthorized', token: expect.any(String) })
      await expiring.ended()
      expect(JSON.parse(expiring.events.at(-1)!.data)).toMatchObject({ reason: 'unauthorized' })

      await stop()
      await stopped.ended()
      const { id, event, data } = stopped.events.at(-1)!
      expect([event, JSON.parse(data)]).toEqual(['closed', { reason: 'stopping', token: id }])
      await append('b')
      const again = await bench.serve(environment, { roles: ['query'], changes: QUICK })
      url = `${again.url}/v1/tail`
      const next = await open('', { headers: { 'last-event-id': id } })
      await next.has(1)
      expect(next.eventIds).toEqual(['b'])
    })

    test('loses and doubles nothing for a client that is cut again and again', { timeout: 120_000 }, async () => {
      const count = 1500
      const appending = (async () => {
        for (let i = 0; i < count; i += 10) {
          const ids = Array.from({ length: 10 }, (_, j) => `e${i + j}`)
          await Promise.all(ids.map((event_id) => producer.append(outcome({ tenant_id: 'acme', event_id }))))
        }
      })()
      const got: string[] = []
      let id = ''
      let cuts = 0
      let seed = 7
      const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
      while (got.length < count) {
        const options = id === '' ? {} : { headers: { 'last-event-id': id } }
        const stream = await open('?from=beginning', { ...options, cutAfter: 100 + random(20_000) })
        await until(() => stream.isEnded || got.length + stream.events.length === count)
        stream.cut()
        got.push(...stream.eventIds)
        id = stream.parser.lastEventId
        cuts++
      }
      await appending
      expect(cuts).toBeGreaterThan(20)
      expect(got.length).toBe(count)
      expect(new Set(got).size).toBe(count)
    })
  })
}

describe('a reader that does not read', () => {
  test('is closed once nothing more leaves, and goes on from the id that it has', { timeout: 120_000 }, async () => {
    const environment = bench.newEnvironment(lmdb)
    const changes = { ...QUICK, TAIL_BUFFER_BYTES: '65536', TAIL_STALL_MS: '1000' }
    const { url, logged } = await bench.serve(environment, { roles: ['query'], changes })
    const producer = await ExperienceProducer.open(settingsOf(environment))
    const stuck = await StreamClient.open(`${url}/v1/tail`, null, { isReading: false })
    const reading = await StreamClient.open(`${url}/v1/tail`, null)
    const ids = Array.from({ length: 400 }, (_, i) => `e${i}`)
    const data = { stop_reason: { Error: { message: 'x'.repeat(60_000), category: 'Internal' as const } } }
    for (const event_id of ids) await producer.append(outcome({ event_id }, data))
    await reading.has(ids.length)
    expect(reading.eventIds.length).toBe(ids.length)
    await until(() => logged.some((line) => line.includes('"route":"/v1/tail"')))
    stuck.read()
    await stuck.ended()
    const got = stuck.eventIds
    expect(got.length).toBeLessThan(ids.length)
    const again = await StreamClient.open(`${url}/v1/tail`, null, {
      headers: { 'last-event-id': stuck.parser.lastEventId },
    })
    await again.has(ids.length - got.length)
    expect([...got, ...again.eventIds]).toEqual(reading.eventIds)
    for (const stream of [reading, again]) stream.cut()
    await producer.close()
  })

  test('the streams of a key and of a process are limited', async () => {
    const environment = bench.newEnvironment(lmdb)
    const changes = { TAIL_READERS: '3', TAIL_READERS_PER_KEY: '2' }
    const { url } = await bench.serve(environment, { roles: ['query'], changes })
    const [one, two] = [
      await bench.createKey(environment, 'acme', ['read']),
      await bench.createKey(environment, 'acme', ['read']),
    ]
    const streams = [await StreamClient.open(`${url}/v1/tail`, one), await StreamClient.open(`${url}/v1/tail`, one)]
    const refused = await fetch(`${url}/v1/tail`, withKey(one))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
    streams.push(await StreamClient.open(`${url}/v1/tail`, two))
    expect((await fetch(`${url}/v1/tail`, withKey(two))).status).toBe(503)
    streams[0]!.cut()
    await until(async () => {
      const again = await StreamClient.open(`${url}/v1/tail`, one)
      streams.push(again)
      return again.status === 200
    })
    for (const stream of streams) stream.cut()
  })
})
