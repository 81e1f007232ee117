import { describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import type { LoggedOperation } from '../../../operations/log/operation.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { logRecord } from '../dead-letters/bad-records.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench, withKey, type Served } from './http-bench.ts'

const bench = new HttpBench()

interface Act {
  readonly act: string
  readonly state: string
}

/** An operator of all tenants, who may append, too. */
class Operator {
  readonly #url: string
  readonly #key: string

  constructor({ url }: Served, key: string) {
    this.#url = url
    this.#key = key
  }

  get by(): string {
    return `key:${this.#key.split('_')[1]}`
  }

  async append(tenants: readonly string[]): Promise<void> {
    const body = tenants.map((tenant) => json(outcome({ tenant_id: tenant }))).join('\n')
    const headers = { 'content-type': 'application/x-ndjson' }
    expect((await this.ask('POST', '/v1/events', { headers, body })).status).toBe(200)
  }

  ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, withKey(this.#key, { ...init, method }))
  }

  async get(path: string): Promise<unknown> {
    return (await this.ask('GET', path)).json()
  }

  /** The latest act, once it has ended. */
  async ended(): Promise<Act> {
    let latest: Act | undefined
    await until(async () => {
      latest = ((await this.get('/v1/ops/acts')) as { acts: Act[] }).acts[0]
      return latest?.state !== 'running'
    })
    return latest!
  }
}

async function noted(environment: Environment): Promise<readonly LoggedOperation[]> {
  const opened = await openLog(settingsOf(environment))
  try {
    return await new OperationsLog(opened.log, opened.topics).read()
  } finally {
    await opened.close()
  }
}

async function serveOperator(
  changes: Environment = {},
): Promise<{ readonly environment: Environment; readonly operator: Operator }> {
  const environment = bench.newEnvironment(lmdb)
  const served = await bench.serve(environment, { changes })
  const key = await bench.createKey(environment, null, ['operate', 'produce'])
  return { environment, operator: new Operator(served, key) }
}

describe('what comes of an act over HTTP', () => {
  test('is noted with the key that asked for it: a rebuild, a roll-back, pruning, an erasure', async () => {
    const { environment, operator } = await serveOperator()
    await operator.append(['a', 'b'])
    expect((await operator.ask('POST', '/v1/ops/rebuild')).status).toBe(202)
    expect(await operator.ended()).toMatchObject({ act: 'rebuild', state: 'done' })
    expect((await operator.ask('POST', '/v1/ops/rollback')).status).toBe(202)
    expect(await operator.ended()).toMatchObject({ act: 'rollback', state: 'done' })
    const pruned = await operator.ask('POST', '/v1/ops/prune')
    expect(((await pruned.json()) as { pruned: unknown[] }).pruned).toHaveLength(1)
    expect((await operator.ask('DELETE', '/v1/ops/tenants/a')).status).toBe(200)

    const operations = await noted(environment)
    const { by } = operator
    const ofKey = operations.filter((each) => each.by === by).map(({ operation }) => operation.type)
    expect(ofKey).toEqual([
      'OperatorAsked',
      'RebuildStarted',
      'RebuildSeeded',
      'GenerationSwitched',
      'OperatorAsked',
      'GenerationSwitched',
      'OperatorAsked',
      'GenerationPruned',
      'OperatorAsked',
      'TenantDeletionStarted',
      'TenantDeleted',
    ])
    // The bench made the key itself.
    expect(operations.filter((each) => each.by !== by)).toMatchObject([{ operation: { type: 'KeyCreated' } }])
  })

  test('is noted with the key that asked for it: a rebuild that is paused, resumed and abandoned', async () => {
    const { environment, operator } = await serveOperator({ REBUILD_RECORDS_PER_SECOND: '1' })
    await operator.append(Array.from({ length: 40 }, () => 'a'))
    expect((await operator.ask('POST', '/v1/ops/rebuild')).status).toBe(202)
    await until(async () => (await operator.ask('POST', '/v1/ops/rebuild/pause')).status === 200)
    expect((await operator.ask('POST', '/v1/ops/rebuild/resume')).status).toBe(200)
    const abandoned = await operator.ask('POST', '/v1/ops/rebuild/abandon')
    expect(await abandoned.json()).toMatchObject({ abandoned: true })
    expect(await operator.ended()).toMatchObject({ act: 'rebuild', state: 'failed' })
    expect(await operator.get('/v1/ops/rebuild')).toEqual({ status: 'none' })
    const operations = await noted(environment)
    for (const type of ['RebuildStarted', 'RebuildPaused', 'RebuildResumed', 'RebuildAbandoned']) {
      // A rebuild that was paused before it got to work notes, too, that it goes on.
      const those = operations.filter(({ operation }) => operation.type === type)
      expect([type, ...new Set(those.map(({ by }) => by))]).toEqual([type, operator.by])
    }
  })

  test('is noted with the key that asked for it: the release of a held topic, which its process held', async () => {
    const { environment, operator } = await serveOperator({ PROJECTOR_DEAD_LETTER_MINIMUM: '20' })
    const opened = await openLog(settingsOf(environment))
    const { log, topics } = opened
    const topic = topics.topic('events', 'bad')
    await log.append(Array.from({ length: 30 }, (_, at) => ({ topic, record: logRecord(`garbage ${at}`) })))
    await opened.close()
    await until(
      async () => ((await operator.get('/v1/ops/held-topics')) as { held_topics: unknown[] }).held_topics.length === 1,
    )
    const released = await operator.ask('POST', `/v1/ops/held-topics/${topic}/release`)
    expect(await released.json()).toMatchObject({ topic, records: 30 })
    expect((await operator.ask('POST', `/v1/ops/held-topics/${topic}/release`)).status).toBe(404)
    const operations = await noted(environment)
    const of = (type: string): readonly LoggedOperation[] =>
      operations.filter(({ operation }) => operation.type === type)
    expect(of('TopicReleased')).toMatchObject([{ by: operator.by }])
    expect(of('TopicHeld')).toHaveLength(1)
    expect(of('TopicHeld')).not.toMatchObject([{ by: operator.by }])
  })

  test('of two acts at once one is refused, and not noted', async () => {
    const { environment, operator } = await serveOperator({ REBUILD_RECORDS_PER_SECOND: '1' })
    await operator.append(Array.from({ length: 40 }, () => 'a'))
    const asked = ['verify', 'rebuild', 'rollback', 'verify', 'rebuild', 'verify']
    const answers = await Promise.all(asked.map((act) => operator.ask('POST', `/v1/ops/${act}`)))
    const begun = answers.filter(({ status }) => status === 202).length
    expect(begun).toBeGreaterThan(0)
    for (const { status } of answers) expect([202, 503]).toContain(status)
    const operations = await noted(environment)
    expect(operations.filter(({ operation }) => operation.type === 'OperatorAsked')).toHaveLength(begun)
  })
})

describe('acts over HTTP', () => {
  test('take no body: one that is not empty is refused before anything is noted, whole or in chunks', async () => {
    const { environment, operator } = await serveOperator()
    await operator.append(['a'])
    const refused = { error: { code: 'InvalidQuery', field: 'body', message: expect.stringContaining('parameters') } }
    const acts = ['rebuild', 'rebuild/pause', 'rebuild/resume', 'rebuild/abandon', 'rollback', 'verify', 'prune']
    const letters = ['dead-letters/retry?all=true', 'dead-letters/discard?all=true&because=x']
    const body = '{"accept_dead_letters":true}'
    for (const path of [...acts, ...letters, 'held-topics/t/release']) {
      const answer = await operator.ask('POST', `/v1/ops/${path}`, { body })
      expect([path, answer.status, await answer.json()]).toEqual([path, 400, refused])
    }
    for (const path of ['tenants/a', 'keys/0123456789ab']) {
      const answer = await operator.ask('DELETE', `/v1/ops/${path}`, { body })
      expect([path, answer.status, await answer.json()]).toEqual([path, 400, refused])
    }
    const chunks = (...texts: string[]): RequestInit => ({ body: new Blob(texts).stream(), duplex: 'half' })
    expect((await operator.ask('POST', '/v1/ops/prune', chunks(body))).status).toBe(400)
    expect((await noted(environment)).map(({ operation }) => operation.type)).toEqual(['KeyCreated'])
    expect((await operator.ask('POST', '/v1/ops/prune', chunks())).status).toBe(200)
    const headers = { 'content-type': 'application/json' }
    expect((await operator.ask('POST', '/v1/ops/prune', { headers, body: '' })).status).toBe(200)
  })
})
