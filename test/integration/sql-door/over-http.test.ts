import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHttpReadModelStore } from '../../../projections/clickhouse/http-read-model-store.ts'
import { TENANT_SETTING } from '../../../projections/sql-door/tenant-seal.ts'
import { door } from '../../unit/projections/sql-door/door.ts'
import { startClickHouse, type ClickHouseFixture } from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { HttpBench, withKey } from '../http/http-bench.ts'
import { lmdb } from '../service-place.ts'

interface Sent {
  readonly user: string
  readonly parameters: readonly string[]
  readonly statement: string
}

interface Recorder {
  readonly url: string
  readonly sent: Sent[]
  close(): Promise<void>
}

/** Stands before the stack's ClickHouse, which has one user, and notes as whom it was asked and what. */
async function record(target: string): Promise<Recorder> {
  const sent: Sent[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', target)
      const body = await buffer(request)
      const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
      const statement = url.searchParams.get('query') ?? body.toString()
      sent.push({ user: login.split(':')[0]!, parameters: [...url.searchParams.keys()], statement })
      const type = request.headers['content-type']
      const answer = await fetch(url, {
        method: request.method ?? 'POST',
        body,
        headers: type === undefined ? {} : { 'content-type': type },
      })
      const headers = [...answer.headers].filter(
        ([name]) => !/^(content-(encoding|length)|transfer-encoding)$/.test(name),
      )
      response.writeHead(answer.status, Object.fromEntries(headers)).end(Buffer.from(await answer.arrayBuffer()))
    })().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent, close }
}

/** The stack's ClickHouse is an engine without users and policies: that it is no wall is what is found out about it. */
describe('SQL of others as a user of its own', () => {
  const bench = new HttpBench()
  let clickhouse: ClickHouseFixture
  let recorder: Recorder
  beforeAll(async () => {
    clickhouse = await startClickHouse()
    recorder = await record(clickhouse.url)
  })
  afterAll(async () => {
    await recorder.close()
    await clickhouse.stop()
  })

  test('goes out as that user with a tenant and no settings of ours, and only if the server is a wall', async () => {
    const store = openHttpReadModelStore({ url: recorder.url.replace('//', '//writer:secret@'), sqlDoor: door })
    recorder.sent.length = 0
    const question = {
      sql: 'SELECT 42 AS marked',
      format: 'JSONEachRow',
      tenant: { kind: 'one', tenant: 'acme' },
      limits: { ...door.limits, more: 'one' },
    } as const
    await expect(store.answerForeign(question)).rejects.toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('doctor') as string,
    })
    expect(await store.query({ sql: 'SELECT 1 AS one' })).toEqual([{ one: 1 }])
    await store.close()
    expect(recorder.sent.filter(({ statement }) => statement.includes('marked'))).toEqual([])
    expect(new Set(recorder.sent.map(({ user }) => user))).toEqual(new Set(['writer', door.username]))
    const asDoor = recorder.sent.filter(({ user }) => user === door.username)
    expect(asDoor.map(({ statement }) => statement)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(new RegExp(`^SELECT \\* FROM \\(SELECT 1 AS one\\).*${TENANT_SETTING} = ''`)),
      ]),
    )
    const ownParameters = new Set([
      'query_id',
      'query',
      'wait_end_of_query',
      'default_format',
      'param_names',
      'enable_http_compression',
    ])
    for (const { parameters } of asDoor) expect(parameters.filter((name) => !ownParameters.has(name))).toEqual([])
  })

  test('is answered with 503 where the server is no wall, which serve tells at its start', async () => {
    const environment = {
      ...bench.newEnvironment(lmdb),
      CLICKHOUSE_URL: recorder.url,
      CLICKHOUSE_SQL_USERNAME: door.username,
      CLICKHOUSE_SQL_PASSWORD: door.password,
    }
    const key = await bench.createKey(environment, 'acme', ['read'])
    const { url, clickhouseUrl, logged } = await bench.serve(environment, { clickhouse: true })
    expect(logged.join('\n')).toMatch(/the row policies .*no SQL is answered/)
    expect(logged.join('\n')).not.toContain(door.password)
    recorder.sent.length = 0
    const asked = await fetch(`${url}/v1/sql?sql=SELECT%20count()%20FROM%20events`, withKey(key))
    const text = await asked.text()
    expect({ status: asked.status, text }).toMatchObject({
      status: 503,
      text: expect.stringContaining('doctor') as string,
    })
    expect(text).not.toContain('policy')
    const byClient = await fetch(`${clickhouseUrl}/?query=SELECT%20count()%20FROM%20events`, withKey(key))
    expect(byClient.status).toBe(503)
    expect(recorder.sent.filter(({ user }) => user === door.username)).toEqual([])
    const others = await fetch(`${url}/v1/events?limit=1`, withKey(key))
    expect(others.status).toBe(200)
  })

  test('is asked as the user of CLICKHOUSE_URL without one, which serve tells as well', async () => {
    const environment = { ...bench.newEnvironment(lmdb), CLICKHOUSE_URL: recorder.url }
    const key = await bench.createKey(environment, 'acme', ['read'])
    const { url, logged } = await bench.serve(environment)
    expect(logged.join('\n')).toContain('the server has no wall of its own')
    const asked = await fetch(`${url}/v1/sql?sql=SELECT%20count()%20FROM%20events`, withKey(key))
    expect(asked.status).toBe(200)
  })
})
