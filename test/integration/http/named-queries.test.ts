import { describe, expect, test } from 'vitest'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, posting, type Answered } from './questions.ts'

const bench = new HttpBench()

const PER_BACKEND =
  'SELECT backend, count() AS outcomes FROM outcomes WHERE backend IN {b:Array(String)} GROUP BY backend'

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
type Asking = (method: Method, path: string, body?: object) => Promise<Answered>

async function door() {
  const environment = bench.newEnvironment(lmdb)
  const key = (tenant: string | null, role: 'read' | 'operate'): Promise<string> =>
    bench.createKey(environment, tenant, [role])
  const keys = {
    acmeReads: await key('acme', 'read'),
    acmeOperates: await key('acme', 'operate'),
    otherReads: await key('other', 'read'),
    otherOperates: await key('other', 'operate'),
    allRead: await key(null, 'read'),
    allOperate: await key(null, 'operate'),
  }
  const { url } = await bench.serve(environment)
  await appendEvents(environment, [
    outcome({ tenant_id: 'acme' }, { backend: 'x' }),
    outcome({ tenant_id: 'acme' }, { backend: 'y' }),
    outcome({ tenant_id: 'other' }, { backend: 'x' }),
  ])
  const asking =
    (by: string): Asking =>
    (method, path, body) =>
      ask(
        `${url}/v1/sql/named${path}`,
        withKey(by, body === undefined ? { method } : { ...posting(JSON.stringify(body)), method }),
      )
  return {
    environment,
    url,
    keys,
    by: Object.fromEntries(Object.entries(keys).map(([name, each]) => [name, asking(each)])) as Record<
      keyof typeof keys,
      Asking
    >,
  }
}

function json({ status, text }: Answered, wanted = 200): Record<string, unknown> {
  expect([status, text]).toEqual([wanted, expect.anything()])
  return JSON.parse(text) as Record<string, unknown>
}

function rowsOf(answered: Answered): unknown {
  return json(answered)['rows']
}
function namesOf(answered: Answered): unknown {
  return (json(answered)['queries'] as { name: string; tenant: string | null }[]).map(({ name, tenant }) => [
    name,
    tenant,
  ])
}

describe('named queries', () => {
  test('are stored, shown, asked and deleted', async () => {
    const { by } = await door()
    const stored = json(await by.acmeOperates('PUT', '/per-backend', { sql: PER_BACKEND, description: 'by backend' }))
    expect(stored).toEqual({
      name: 'per-backend',
      tenant: 'acme',
      description: 'by backend',
      sql: PER_BACKEND,
      parameters: [{ name: 'b', type: 'Array(String)' }],
      is_valid: true,
      stored_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      stored_by: expect.stringMatching(/^key:[0-9a-f]{12}$/) as string,
    })
    expect(json(await by.acmeReads('GET', '/per-backend'))).toEqual(stored)
    const list = encodeURIComponent("['x','z']")
    expect(rowsOf(await by.acmeReads('GET', `/per-backend/rows?param_b=${list}`))).toEqual([['x', 1]])
    expect(rowsOf(await by.acmeReads('POST', '/per-backend/rows', { parameters: { b: ['x'] } }))).toEqual([['x', 1]])
    expect((await by.acmeReads('GET', '/per-backend/rows')).text).toContain('is not given')
    expect((await by.acmeReads('POST', '/per-backend/rows', { parameters: { b: ['x'], c: 1 } })).status).toBe(400)

    json(await by.acmeOperates('PUT', '/per-backend', { sql: 'SELECT count() FROM outcomes' }))
    expect(rowsOf(await by.acmeReads('GET', '/per-backend/rows'))).toEqual([[2]])
    expect(json(await by.acmeOperates('DELETE', '/per-backend'))).toMatchObject({ sql: 'SELECT count() FROM outcomes' })
    for (const path of ['/per-backend', '/per-backend/rows']) json(await by.acmeReads('GET', path), 404)
    json(await by.acmeOperates('DELETE', '/per-backend'), 404)
  })

  test('of a tenant are nothing that another one knows; those for all hold each one’s rows', async () => {
    const { by } = await door()
    json(await by.acmeOperates('PUT', '/count', { sql: "SELECT 'acme', count() FROM outcomes" }))
    json(await by.allOperate('PUT', '/count', { sql: "SELECT 'all', count() FROM outcomes" }))
    json(await by.allOperate('PUT', '/backends?tenant_id=other', { sql: "SELECT 'other', count() FROM outcomes" }))

    const rows = (asking: Asking, path: string): Promise<unknown> => asking('GET', path).then(rowsOf)
    expect(await rows(by.acmeReads, '/count/rows')).toEqual([['acme', 2]])
    expect(await rows(by.otherReads, '/count/rows')).toEqual([['all', 1]])
    expect(await rows(by.allRead, '/count/rows')).toEqual([['all', 3]])
    expect(await rows(by.allRead, '/count/rows?tenant_id=acme')).toEqual([['acme', 2]])
    expect(await rows(by.otherReads, '/backends/rows')).toEqual([['other', 1]])
    expect(await rows(by.otherReads, '/count/rows?tenant_id=acme')).toEqual([['all', 0]])
    json(await by.acmeReads('GET', '/backends/rows'), 404)
    json(await by.acmeReads('GET', '/backends'), 404)
    json(await by.allRead('GET', '/backends/rows'), 404)

    expect(namesOf(await by.acmeReads('GET', ''))).toEqual([
      ['count', null],
      ['count', 'acme'],
    ])
    expect(namesOf(await by.otherReads('GET', ''))).toEqual([
      ['backends', 'other'],
      ['count', null],
    ])
    expect(namesOf(await by.allRead('GET', ''))).toEqual([
      ['backends', 'other'],
      ['count', null],
      ['count', 'acme'],
    ])

    // Another tenant's, and those for all, are not a tenant's to change.
    for (const method of ['PUT', 'DELETE'] as const) {
      const body = method === 'PUT' ? { sql: 'SELECT 1' } : undefined
      expect((await by.otherOperates(method, '/count?tenant_id=acme', body)).status).toBe(403)
      expect((await by.otherReads(method, '/count', body)).status).toBe(403)
      expect((await by.allRead(method, '/count', body)).status).toBe(403)
    }
    json(await by.otherOperates('DELETE', '/count'), 404)
    expect(await rows(by.otherReads, '/count/rows')).toEqual([['all', 1]])
    expect((await by.acmeOperates('GET', '/count/rows')).status).toBe(403)
  })

  test('are checked when they are stored, with the places of what is wrong', async () => {
    const { by } = await door()
    const refused = json(await by.acmeOperates('PUT', '/bad', { sql: 'SELECT hostName()\nFROM system.tables' }), 400)
    expect(refused['error']).toMatchObject({
      field: 'sql',
      faults: [
        { code: 'unknown_function', line: 1, column: 8 },
        { code: 'unknown_view', line: 2, column: 6 },
      ],
    })
    const two = json(await by.acmeOperates('PUT', '/bad', { sql: 'SELECT {a:UInt8}, {a:String}' }), 400)
    expect(two['error']).toMatchObject({ faults: [{ code: 'parameter', column: 19 }] })
    for (const body of [{}, { sql: 1 }, { sql: 'SELECT 1', more: 1 }, { sql: 'SELECT 1; SELECT 2' }])
      json(await by.acmeOperates('PUT', '/bad', body), 400)
    for (const name of ['1', '-a', 'a%2Fb', 'a'.repeat(101), 'a b', '%00'])
      expect([name, (await by.acmeOperates('PUT', `/${name}`, { sql: 'SELECT 1' })).status]).toEqual([name, 400])
    expect(namesOf(await by.acmeReads('GET', ''))).toEqual([])
  })

  test('are known to other processes, and noted with who stored them', async () => {
    const { environment, url, keys, by } = await door()
    const other = await bench.serve(environment)
    const elsewhere = (): Promise<Answered> => ask(`${other.url}/v1/sql/named/late/rows`, withKey(keys.acmeReads))
    json(await elsewhere(), 404)
    json(await by.acmeOperates('PUT', '/late', { sql: 'SELECT 1' }))
    await expect.poll(async () => (await elsewhere()).status).toBe(200)
    json(await by.acmeOperates('DELETE', '/late'))
    await expect.poll(async () => (await elsewhere()).status).toBe(404)
    const { text } = await ask(`${url}/v1/ops/operations`, withKey(keys.allOperate))
    const { operations } = JSON.parse(text) as { operations: { by: string; operation: Record<string, unknown> }[] }
    const id = keys.acmeOperates.split('_')[1]
    expect(operations.slice(-4)).toMatchObject([
      { by: `key:${id}`, operation: { type: 'OperatorAsked', method: 'PUT', path: '/v1/sql/named/late' } },
      { by: `key:${id}`, operation: { type: 'NamedQueryStored', name: 'late', tenant: 'acme', sql: 'SELECT 1' } },
      { by: `key:${id}`, operation: { type: 'OperatorAsked', method: 'DELETE', path: '/v1/sql/named/late' } },
      { by: `key:${id}`, operation: { type: 'NamedQueryDeleted', name: 'late', tenant: 'acme' } },
    ])
  })

  test('are gone with their tenant', async () => {
    const { url, keys, by } = await door()
    json(await by.otherOperates('PUT', '/mine', { sql: 'SELECT 1' }))
    json(await by.acmeOperates('PUT', '/mine', { sql: 'SELECT 2' }))
    expect((await ask(`${url}/v1/ops/tenants/other`, withKey(keys.allOperate, { method: 'DELETE' }))).status).toBe(200)
    await expect.poll(async () => namesOf(await by.allRead('GET', ''))).toEqual([['mine', 'acme']])
  })
})
