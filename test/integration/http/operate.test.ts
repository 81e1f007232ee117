import { describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { readArchive } from '../../../log/archive/archive-reader.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { lmdb, settingsOf } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { AnswerCheck } from './answer-check.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()

/** Asks as an operator, and holds each answer against the document of the process. */
class Operator {
  readonly #url: string
  readonly #key: string
  readonly #check: AnswerCheck

  private constructor(url: string, key: string, check: AnswerCheck) {
    this.#url = url
    this.#key = key
    this.#check = check
  }

  static async of(url: string, key: string): Promise<Operator> {
    return new Operator(url, key, await AnswerCheck.of(url))
  }

  /** `route` is what stands behind `/v1/ops/` in the document, where that is not `path` without its query. */
  async ask(path: string, method = 'GET', route = path, accept = 'application/json'): Promise<OperatorAnswer> {
    const init = withKey(this.#key, { method, headers: { accept } })
    const response = await fetch(`${this.#url}/v1/ops/${path}`, init)
    const text = await response.text()
    const answered = { status: response.status, type: response.headers.get('content-type'), body: text }
    expect(this.#check.faultOf(method, `/v1/ops/${route.split('?', 1)[0]}`, answered)).toBeNull()
    return { status: response.status, text }
  }

  async get(path: string, method = 'GET', route = path): Promise<unknown> {
    return JSON.parse((await this.ask(path, method, route)).text) as unknown
  }

  async lines(path: string, method = 'GET'): Promise<unknown[]> {
    const { text } = await this.ask(path, method, path, 'application/x-ndjson')
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)
  }

  /** The latest act, once it has ended. */
  async ended(): Promise<unknown> {
    let last: { readonly state: string } | undefined
    await until(async () => {
      last = ((await this.get('acts')) as { readonly acts: { readonly state: string }[] }).acts[0]
      return last?.state !== 'running'
    })
    return last
  }
}

interface OperatorAnswer {
  readonly status: number
  readonly text: string
}

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
    const operator = await Operator.of(url, key)
    const post = (path: string): Promise<OperatorAnswer> => operator.ask(path, 'POST')
    const get = (path: string): Promise<unknown> => operator.get(path)
    const ended = (): Promise<unknown> => operator.ended()

    expect((await post('rebuild')).status).toBe(202)
    expect((await post('verify')).status).toBe(503)
    expect(await ended()).toMatchObject({ act: 'rebuild', state: 'done', result: { switched: true, differences: [] } })
    expect((await post('verify')).status).toBe(202)
    expect(await ended()).toMatchObject({ act: 'verify', state: 'done', result: { differences: [] } })
    expect((await post('rollback')).status).toBe(202)
    expect(await ended()).toMatchObject({ act: 'rollback', state: 'done', result: { switched: true } })
    expect((await post('rebuild/pause')).status).toBe(404)

    expect(await get('lag')).toEqual({ lag_events: 0, topics: [] })
    expect(await get('rebuild')).toEqual({ status: 'none' })
    expect(await get('exports')).toEqual({ exports: [] })
    expect(await get('held-topics')).toEqual({ held_topics: [] })
    expect(await get('generations')).toMatchObject({ generations: [{ events: 2 }, { events: 2 }] })
    expect(await get('tenants')).toMatchObject({ tenants: [{ tenant: 'a', records: 1 }, { tenant: 'b' }] })
    const { operations } = (await get('operations')) as { operations: { operation: { type: string } }[] }
    expect(operations.map(({ operation }) => operation.type)).toEqual(
      expect.arrayContaining(['KeyCreated', 'OperatorAsked', 'RebuildStarted', 'GenerationSwitched']),
    )
    expect(await operator.get('prune', 'POST')).toMatchObject({ pruned: [expect.any(String)] })
  })

  test('a rebuild takes what the command takes: tenants, projections, a range of time', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, null, ['operate', 'produce'])
    await append(url, ['a', 'b'], key)
    const operator = await Operator.of(url, key)
    expect(await operator.get('rebuild?tenant_id=a&projection=events', 'POST')).toMatchObject({ act: 'rebuild' })
    expect(await operator.ended()).toMatchObject({ state: 'done', result: { switched: true, table: null, events: 2 } })
    await operator.ask('rebuild?tenant_id=b&from=2026-04-23T00:00:00Z', 'POST')
    expect(await operator.ended()).toMatchObject({
      state: 'done',
      result: { switched: false, differences: [], table: expect.stringContaining('.events_'), events: 1 },
    })
    const { operations } = (await operator.get('operations')) as { operations: { operation: unknown }[] }
    const begun = operations.map(({ operation }) => operation)
    expect(begun).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ scope: { tenants: ['a'], projections: ['events'], range: null } }),
        expect.objectContaining({
          scope: { tenants: ['b'], projections: null, range: { from: '2026-04-23T00:00:00Z', to: null } },
        }),
      ]),
    )
    const refused = [
      ['tenant_id=nobody', 404, null],
      ['projection=views', 400, 'projection[0]'],
      ['from=soon', 400, 'from'],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, 'to'],
      ['from=2026-01-02T00:00:00Z&projection=events', 400, 'projection'],
    ] as const
    for (const [query, status, field] of refused) {
      const answer = await operator.ask(`rebuild?${query}`, 'POST')
      expect([query, answer.status, JSON.parse(answer.text)]).toMatchObject([query, status, { error: { field } }])
    }
  })

  test('an operator of one tenant proves and exports that tenant', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['operate', 'produce'])
    await append(url, ['a', 'a', 'b'], all)
    const operator = await Operator.of(url, await bench.createKey(environment, 'a', ['operate']))
    expect(await operator.get('verify', 'POST')).toMatchObject({ act: 'verify', tenant_id: 'a' })
    expect(await operator.ended()).toMatchObject({ state: 'done', result: { events: 2, differences: [] } })
    await (await Operator.of(url, all)).ask('verify', 'POST')
    expect(await (await Operator.of(url, all)).ended()).toMatchObject({ tenant_id: null, result: { events: 3 } })
    // Of what concerns others it is as if that were not there.
    expect(await operator.get('acts')).toMatchObject({ acts: [{ tenant_id: 'a' }] })
    for (const [path, method] of [
      ['verify', 'POST'],
      ['export', 'GET'],
    ] as const) {
      const [foreign, nobody] = [
        await operator.ask(`${path}?tenant_id=b`, method),
        await operator.ask(`${path}?tenant_id=c`, method),
      ]
      expect([foreign.status, foreign.text.replaceAll('\\"b\\"', '\\"c\\"')]).toEqual([404, nobody.text])
    }
    const exported = await fetch(`${url}/v1/ops/export`, withKey(all))
    expect(exported.headers.get('content-type')).toBe('application/vnd.apache.avro')
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="log.avro"')
    const tenants: string[] = []
    for await (const { topic } of readArchive(exported.body as unknown as AsyncIterable<Uint8Array>))
      tenants.push(topic.slice(topic.lastIndexOf('.') + 1))
    expect(tenants).toEqual(['a', 'a', 'b'])
    expect((await operator.ask('export')).status).toBe(200)
    const { exports } = (await (await Operator.of(url, all)).get('exports')) as { exports: object[] }
    expect(exports).toMatchObject([
      { file: '-', exported_by: expect.stringMatching(/^key:/), records: 3 },
      { file: '-', exported_by: expect.stringMatching(/^key:/), records: 2, topics: [expect.stringMatching(/\.a$/)] },
    ])
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
    for (const path of ['rebuild', 'rollback', 'prune', 'rebuild/pause'])
      expect((await fetch(`${url}/v1/ops/${path}`, withKey(key, { method: 'POST' }))).status).toBe(403)
    for (const path of ['generations', 'exports', 'operations', 'rebuild'])
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
    const operator = await Operator.of(url, key)
    const ask = (path: string, method = 'GET'): Promise<unknown> => operator.get(path, method)

    const [own, foreign] = ['a', 'b'].map((tenant) => `${topics.topic('events', tenant)}/0/0`)
    expect(await ask('dead-letters')).toMatchObject({ dead_letters: [{ id: own, reason: 'NotFramed', state: 'open' }] })
    expect(await ask('dead-letters?tenant_id=b')).toEqual({ dead_letters: [] })
    expect(await operator.lines('dead-letters')).toMatchObject([{ id: own, state: 'open' }, { count: 1 }])
    expect(await operator.lines('dead-letters?tenant_id=b')).toEqual([{ count: 0 }])
    expect((await operator.ask('dead-letters?limit=10001')).status).toBe(400)
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
    expect(await operator.lines('dead-letters/retry?all=true', 'POST')).toMatchObject([
      { id: own, reason: 'NotFramed' },
      { settled: 0, refused: 1 },
    ])
    expect(await operator.lines(`dead-letters/discard?id=${own}&id=${foreign}&because=test`, 'POST')).toEqual([
      { id: own, state: 'discarded', because: 'test' },
      { id: foreign, ...refused },
      { settled: 1, refused: 1 },
    ])
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
