import { describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { lmdb, settingsOf } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()

async function append(url: string, tenants: readonly string[], key: string): Promise<void> {
  const body = tenants.map((tenant) => json(outcome({ tenant_id: tenant }))).join('\n')
  const headers = { 'content-type': 'application/x-ndjson' }
  const answer = await fetch(`${url}/v1/events`, withKey(key, { method: 'POST', headers, body }))
  expect(answer.status).toBe(200)
}

describe('operating over HTTP', () => {
  test('a rebuild, a proof and a roll-back, each behind its answer and noted', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, null, ['operate', 'produce'])
    await append(url, ['a', 'b'], key)
    const post = (path: string): Promise<Response> => fetch(`${url}${path}`, withKey(key, { method: 'POST' }))
    const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`, withKey(key))).json()
    const ended = async (): Promise<unknown> => {
      let last: { state: string } | undefined
      await until(async () => {
        last = ((await get('/v1/ops/acts')) as { acts: { state: string }[] }).acts[0]
        return last?.state !== 'running'
      })
      return last
    }

    expect((await post('/v1/ops/rebuild')).status).toBe(202)
    expect((await post('/v1/ops/verify')).status).toBe(503)
    expect(await ended()).toMatchObject({ act: 'rebuild', state: 'done', result: { switched: true, differences: [] } })
    expect((await post('/v1/ops/verify')).status).toBe(202)
    expect(await ended()).toMatchObject({ act: 'verify', state: 'done', result: { differences: [] } })
    expect((await post('/v1/ops/rollback')).status).toBe(202)
    expect(await ended()).toMatchObject({ act: 'rollback', state: 'done', result: { switched: true } })
    expect((await post('/v1/ops/rebuild/pause')).status).toBe(404)

    expect(await get('/v1/ops/lag')).toEqual({ lag_events: 0, topics: [] })
    expect(await get('/v1/ops/rebuild')).toEqual({ status: 'none' })
    expect(await get('/v1/ops/exports')).toEqual({ exports: [] })
    expect(await get('/v1/ops/held-topics')).toEqual({ held_topics: [] })
    expect(await get('/v1/ops/generations')).toMatchObject({ generations: [{ events: 2 }, { events: 2 }] })
    expect(await get('/v1/ops/tenants')).toMatchObject({ tenants: [{ tenant: 'a', records: 1 }, { tenant: 'b' }] })
  })

  test('an operator of one tenant sees that tenant, and does nothing that concerns others', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['produce'])
    await append(url, ['a', 'b'], all)
    const key = await bench.createKey(environment, 'a', ['operate'])
    const tenants = await (await fetch(`${url}/v1/ops/tenants`, withKey(key))).json()
    expect(tenants).toMatchObject({ tenants: [{ tenant: 'a' }] })
    expect((tenants as { tenants: unknown[] }).tenants).toHaveLength(1)
    for (const path of ['rebuild', 'rollback', 'verify', 'rebuild/pause'])
      expect((await fetch(`${url}/v1/ops/${path}`, withKey(key, { method: 'POST' }))).status).toBe(403)
    for (const path of ['generations', 'exports', 'acts', 'rebuild'])
      expect((await fetch(`${url}/v1/ops/${path}`, withKey(key))).status).toBe(403)
    expect((await fetch(`${url}/v1/ops/lag`, withKey(all))).status).toBe(403)
  })

  test('dead letters are listed, shown, discarded and retried; of another tenant there are none', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const settings = settingsOf(environment)
    const opened = await openLog(settings)
    const { log, topics } = opened
    const record = { key: 'x', value: Buffer.from('no event'), headers: {}, timestamp: Date.now() }
    for (const tenant of ['a', 'b'])
      await log.append([{ topic: topics.topic('events', tenant), record }], { atomic: false })
    await opened.close()
    const key = await bench.createKey(environment, 'a', ['operate'])
    const ask = async (path: string, method = 'GET'): Promise<unknown> =>
      (await fetch(`${url}/v1/ops/${path}`, withKey(key, { method }))).json()

    const [own, foreign] = ['a', 'b'].map((tenant) => `${topics.topic('events', tenant)}/0/0`)
    expect(await ask('dead-letters')).toMatchObject({ dead_letters: [{ id: own, reason: 'NotFramed', state: 'open' }] })
    expect(await ask('dead-letters?tenant_id=b')).toEqual({ dead_letters: [] })
    expect(await ask(`dead-letters/one?id=${own}`)).toMatchObject({ id: own, value: 'bm8gZXZlbnQ=', envelope: null })
    for (const id of [foreign, own!.replace('/0/0', '/0/7')])
      expect(await ask(`dead-letters/one?id=${id}`)).toMatchObject({
        error: { code: 'NotFound', message: `there is no dead letter ${id}` },
      })
    const refused = { reason: 'NotFound', field: null, message: 'there is no such dead letter' }
    for (const id of [foreign, own!.replace('/0/0', '/0/7')])
      expect(await ask(`dead-letters/discard?id=${id}&because=test`, 'POST')).toEqual({
        settled: 0,
        refused: 1,
        errors: [{ id, ...refused }],
      })
    const notChosen = (field: string): object => ({ error: { code: 'InvalidQuery', field } })
    for (const path of ['retry', 'retry?all=false', 'discard?because=test'])
      expect(await ask(`dead-letters/${path}`, 'POST')).toMatchObject(notChosen('all'))
    for (const beside of ['all=true', 'tenant_id=a', 'reason=NotFramed'])
      expect(await ask(`dead-letters/retry?id=${own}&${beside}`, 'POST')).toMatchObject(notChosen('id'))
    const none = { settled: 0, refused: 0, errors: [] }
    expect(await ask('dead-letters/discard?tenant_id=b&because=test', 'POST')).toEqual(none)
    expect(await ask('dead-letters/discard?reason=UnknownSchema&because=test', 'POST')).toEqual(none)
    const isNoEvent = { settled: 0, refused: 1, errors: [{ id: own }] }
    expect(await ask('dead-letters/retry?reason=NotFramed', 'POST')).toMatchObject(isNoEvent)
    expect(await ask('dead-letters/discard?all=true&because=test', 'POST')).toEqual({ ...none, settled: 1 })
    expect(await ask('dead-letters')).toEqual({ dead_letters: [] })
    const all = await bench.createKey(environment, null, ['operate'])
    const others = await (await fetch(`${url}/v1/ops/dead-letters`, withKey(all))).json()
    expect(others).toMatchObject({ dead_letters: [{ id: foreign }] })
  })

  test('a tenant is erased by its own operator, and not by another; each act is noted with its key', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['produce'])
    await append(url, ['a', 'b'], all)
    const key = await bench.createKey(environment, 'a', ['operate'])
    const erase = (tenant: string): Promise<Response> =>
      fetch(`${url}/v1/ops/tenants/${tenant}`, withKey(key, { method: 'DELETE' }))
    for (const tenant of ['b', 'nobody']) {
      const answer = await erase(tenant)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ error: { message: `there is no tenant "${tenant}"` } })
    }
    expect((await erase('a')).status).toBe(200)
    const left = await (await fetch(`${url}/v1/ops/tenants`, withKey(key))).json()
    expect(left).toEqual({ tenants: [] })
    const opened = await openLog(settingsOf(environment))
    const { log, topics } = opened
    const operations = await new OperationsLog(log, topics).read()
    await opened.close()
    const noted = operations.filter(({ operation }) => operation.type === 'OperatorAsked')
    expect(noted).toMatchObject([{ operation: { method: 'DELETE', path: '/v1/ops/tenants/a' } }])
  })
})
