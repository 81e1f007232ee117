import { afterEach, describe, expect, test } from 'vitest'
import { HttpExperienceStore } from '../../../client/http-experience-store.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { BusyDoor } from './busy-door.ts'
import { HttpBench } from './http-bench.ts'
import { Wire } from './wire.ts'

const bench = new HttpBench()
const closing: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of closing.splice(0).toReversed()) await each.close()
})

/** Is closed after the test. */
function closed<Closed extends { close(): unknown }>(each: Closed): Closed {
  closing.push(each)
  return each
}

function numbered(count: number) {
  return Array.from({ length: count }, (_, index) => outcome({ tenant_id: 'acme', event_id: `${index}` }))
}

async function idsIn(store: HttpExperienceStore): Promise<string[]> {
  return (await store.queryEvents({ tenant_id: 'acme' })).map(({ event_id }) => event_id)
}

describe('the store over HTTP', () => {
  test('sends again what was refused for a while, and no sooner than it was told', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const refusals = [{ status: 503 }, { status: 429, retryAfter: '1' }, { status: 502 }]
    const door = closed(await BusyDoor.before(url, refusals))
    const store = closed(new HttpExperienceStore({ url: door.url }))
    await store.appendEvent(outcome({ tenant_id: 'acme', event_id: 'late' }))
    expect(door.cameAt).toHaveLength(4)
    expect(door.cameAt[2]! - door.cameAt[1]!).toBeGreaterThan(990)
    expect(await idsIn(store)).toEqual(['late'])
  })

  test('gives up after a time, and sends nothing again that is wrong', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const door = closed(
      await BusyDoor.before(
        url,
        Array.from({ length: 50 }, () => ({ status: 503 })),
      ),
    )
    const store = closed(new HttpExperienceStore({ url: door.url, retryForMs: 300 }))
    await expect(store.queryEvents()).rejects.toMatchObject({ code: 'Unavailable', retryable: true })
    const [first, last] = [door.cameAt[0]!, door.cameAt.at(-1)!]
    expect(last - first).toBeLessThan(2000)
    const own = closed(await BusyDoor.before(url, []))
    const asking = closed(new HttpExperienceStore({ url: own.url }))
    await expect(asking.queryEvents({ after: 'no cursor' })).rejects.toMatchObject({
      code: 'InvalidQuery',
      field: 'after',
    })
    expect(own.cameAt).toHaveLength(1)
  })

  test('counts an event once whose answer was lost, and reads it although nobody told where it stands', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const wire = closed(await Wire.to(url))
    const store = closed(new HttpExperienceStore({ url: wire.url, retryForMs: 0 }))
    const event = outcome({ tenant_id: 'acme', event_id: 'once' })
    wire.cutNextAfter(20)
    await expect(store.appendEvent(event)).rejects.toMatchObject({ code: 'Unavailable', retryable: true })
    expect(await idsIn(store)).toEqual(['once'])
    await store.appendEvent(event)
    expect(await idsIn(store)).toEqual(['once'])
  })

  test('takes no part of an answer for the whole', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const wire = closed(await Wire.to(url))
    const store = closed(new HttpExperienceStore({ url: wire.url }))
    await store.appendEvents(numbered(200))
    wire.cutNextAfter(20_000)
    expect(await idsIn(store)).toHaveLength(200)
    expect(wire.cuts).toBe(1)
  })

  test('sends what waits together, in order, and lets calls wait when enough is on its way', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const door = closed(await BusyDoor.before(url, []))
    const bounds = { lingerMs: 5, maxPendingBytes: 20_000, maxBatchBytes: 10_000 }
    const store = closed(new HttpExperienceStore({ url: door.url, ...bounds }))
    const events = numbered(500)
    let isReady = false
    const appends = events.map((event) => store.appendEvent(event))
    const ready = store.ready().then(() => (isReady = true))
    await until(() => door.cameAt.length > 0)
    expect(isReady).toBe(false)
    await Promise.all([...appends, ready])
    expect(door.cameAt.length).toBeGreaterThan(10)
    expect(door.cameAt.length).toBeLessThan(60)
    expect(await idsIn(store)).toEqual(events.map(({ event_id }) => event_id))
  })

  test('flushes when it is closed, and takes nothing more', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const store = new HttpExperienceStore({ url, lingerMs: 3_600_000 })
    const appended = store.appendEvent(outcome({ tenant_id: 'acme', event_id: 'last' }))
    await store.close()
    await appended
    const refused = { code: 'Unavailable', retryable: false }
    await expect(store.appendEvent(outcome())).rejects.toMatchObject(refused)
    await expect(store.queryEvents()).rejects.toMatchObject(refused)
    expect(await idsIn(closed(new HttpExperienceStore({ url, consistency: 'latest' })))).toEqual(['last'])
  })

  test('is refused for its key, the role and the tenant, with code and field', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, 'acme', ['produce'])
    const store = closed(new HttpExperienceStore({ url, key }))
    await expect(store.queryEvents()).rejects.toMatchObject({ code: 'Forbidden', retryable: false })
    const foreign = { code: 'Forbidden', field: 'tenant_id' }
    await expect(store.appendEvent(outcome({ tenant_id: 'other' }))).rejects.toMatchObject(foreign)
    const list = [outcome({ tenant_id: 'acme' }), outcome({ tenant_id: 'other' })]
    await expect(store.appendEvents(list)).rejects.toMatchObject({ ...foreign, field: 'events[1].tenant_id' })
    await expect(store.appendEvents(list, { atomic: true })).rejects.toMatchObject({ code: 'Forbidden' })
    const nobody = closed(new HttpExperienceStore({ url, key: 'elog_000000000000_nobody' }))
    await expect(nobody.queryEvents()).rejects.toMatchObject({ code: 'Unauthorized', retryable: false })
  })

  test('follows no server that never answers', async () => {
    // Nothing listens there.
    const store = closed(new HttpExperienceStore({ url: 'http://127.0.0.1:9', retryForMs: 200 }))
    await expect(store.tail()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'Unavailable' })
  })

  test('follows the log through cuts: nothing is lost, and nothing comes twice', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const wire = closed(await Wire.to(url))
    const store = closed(new HttpExperienceStore({ url: wire.url }))
    const writer = closed(new HttpExperienceStore({ url }))
    const tail = store.tail({ tenant: 'acme' })
    const seen: string[] = []
    const following = (async () => {
      for await (const item of tail) if (item.type === 'event') seen.push(item.envelope.event_id)
    })()
    await until(() => tail.token !== null)
    const events = numbered(100)
    for (const [index, event] of events.entries()) {
      await writer.appendEvent(event)
      if (index % 20 === 7) wire.cutNextAfter(2000)
      if (index % 20 === 15) await until(() => seen.length > index - 12)
    }
    await until(() => seen.length >= events.length)
    await store.close()
    await following
    expect(seen).toEqual(events.map(({ event_id }) => event_id))
    expect(wire.cuts).toBeGreaterThan(0)
  })
})
