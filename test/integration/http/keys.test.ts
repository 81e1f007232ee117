import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { jsonLines, killRunningCommands, runCommand, type CommandOutcome } from '../run-command.ts'
import { lmdb, type Environment } from '../service-place.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()
const directory = await temporaryDirectory()
afterEach(killRunningCommands)
afterAll(() => directory.remove())

interface Created {
  readonly id: string
  readonly key: string
}

function commands(environment: Environment): (...args: string[]) => Promise<CommandOutcome> {
  return (...args) => runCommand(args, { environment })
}

async function create(environment: Environment, ...args: string[]): Promise<Created> {
  const { exitCode, stdout, stderr } = await runCommand(['keys', 'create', ...args], { environment })
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  return jsonLines(stdout)[0] as unknown as Created
}

function post(url: string, key: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/ops/keys`, withKey(key, { method: 'POST', headers, body: JSON.stringify(body) }))
}

async function statusOf(url: string, key: string): Promise<number> {
  return (await fetch(`${url}/v1/ops/keys`, withKey(key))).status
}

describe('keys by commands, beside a serving process', () => {
  test('are created once, listed without what opens anything, and revoked', { timeout: 120_000 }, async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const run = commands(environment)
    const roles = ['--role', 'operate', '--role', 'read']
    const limits = ['--events-per-second', '100', '--bytes-per-second', '1000000', '--queries-at-once', '2']
    const rest = ['--name', 'night shift', '--expires', '30d', ...limits]
    const created = await create(environment, '--tenant', 'acme', ...roles, ...rest)
    expect(created).toEqual({
      key: expect.stringMatching(/^elog_/),
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      tenant: 'acme',
      roles: ['operate', 'read'],
      name: 'night shift',
      expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
      limits: { events_per_second: 100, bytes_per_second: 1_000_000, queries_at_once: 2 },
    })
    expect(await statusOf(url, created.key)).toBe(200)

    const hash = createHash('sha256').update(created.key).digest('hex')
    const listed = await run('keys', 'list')
    expect(jsonLines(listed.stdout)).toMatchObject([{ id: created.id, state: 'valid', tenant: 'acme' }])
    const shown = [listed.stdout, (await run('keys', 'list', '--format', 'table')).stdout]
    shown.push((await run('operations', 'list')).stdout)
    for (const text of shown) {
      expect(text).toContain(created.id)
      expect(text).not.toContain(created.key)
      expect(text).not.toContain(hash)
    }

    const revoked = await run('keys', 'revoke', created.id)
    expect(jsonLines(revoked.stdout)).toMatchObject([{ id: created.id, state: 'revoked' }])
    await until(async () => (await statusOf(url, created.key)) === 401)
    expect((await run('keys', 'revoke', created.id)).exitCode).toBe(0)
    // Whoever gives the key in place of its id does not find it in the answer.
    const unknown = await run('keys', 'revoke', created.key)
    expect(unknown).toMatchObject({ exitCode: 1, stderr: 'NotFound: there is no key of that id\n' })
  })

  test('need a tenant or all of them, a role, and a time to come', { timeout: 120_000 }, async () => {
    const run = commands(bench.newEnvironment(lmdb))
    const wrong = [
      ['--role', 'read'],
      ['--role', 'read', '--tenant', 'acme', '--all-tenants'],
      ['--tenant', 'acme'],
      ['--tenant', 'acme', '--role', 'admin'],
      ['--tenant', 'acme', '--role', 'read', '--expires', '2020-01-01T00:00:00Z'],
      ['--tenant', 'acme', '--role', 'read', '--expires', 'soon'],
      ['--tenant', 'acme', '--role', 'read', '--events-per-second', '0'],
    ]
    const outcomes = await Promise.all(wrong.map((args) => run('keys', 'create', ...args)))
    expect(outcomes.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(wrong.map(() => [2, '']))
    expect((await run('keys', 'list')).stdout).toBe('')
  })
})

describe('keys over HTTP', () => {
  test("an operator of a tenant creates, sees and revokes that tenant's keys alone", async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['operate'])
    const acme = await bench.createKey(environment, 'acme', ['operate'])

    const created = await post(url, acme, { roles: ['read', 'read', 'produce'], name: 'fleet', expires: '12h' })
    expect(created.status).toBe(201)
    const key = (await created.json()) as Created
    expect(key).toMatchObject({ tenant: 'acme', roles: ['read', 'produce'], name: 'fleet' })
    expect((await fetch(`${url}/v1/events`, withKey(key.key))).status).toBe(200)

    const foreign = (await (await post(url, all, { tenant: 'other', roles: ['read'] })).json()) as Created
    for (const tenant of ['other', 'nobody', null]) {
      const refused = await post(url, acme, { tenant, roles: ['read'] })
      expect(refused.status).toBe(403)
      expect(await refused.json()).toEqual({
        error: { code: 'Forbidden', message: expect.stringContaining('own tenant'), field: 'tenant' },
      })
    }
    const list = (await (await fetch(`${url}/v1/ops/keys`, withKey(acme))).json()) as { keys: { tenant: string }[] }
    expect(list.keys.map(({ tenant }) => tenant)).toEqual(['acme', 'acme'])

    const revoke = async (by: string, id: string): Promise<[number, unknown]> => {
      const answer = await fetch(`${url}/v1/ops/keys/${id}`, withKey(by, { method: 'DELETE' }))
      return [answer.status, await answer.json()]
    }
    expect(await revoke(acme, foreign.id)).toEqual(await revoke(acme, '0123456789ab'))
    expect((await revoke(acme, foreign.id))[0]).toBe(404)
    expect(await revoke(acme, key.id)).toMatchObject([200, { id: key.id, state: 'revoked' }])
    // In the process that revoked it nobody comes in any more, at once.
    expect((await fetch(`${url}/v1/events`, withKey(key.key))).status).toBe(401)
    expect((await fetch(`${url}/v1/events`, withKey(foreign.key))).status).toBe(200)
  })

  test('names what is wrong with a new key', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['operate'])
    const fieldOf = async (body: unknown): Promise<unknown> => {
      const answer = await post(url, all, body)
      return [answer.status, ((await answer.json()) as { error: { field: string } }).error.field]
    }
    expect(await fieldOf({ roles: ['read'] })).toEqual([400, 'tenant'])
    expect(await fieldOf({ tenant: null, roles: [] })).toEqual([400, 'roles'])
    expect(await fieldOf({ tenant: null, roles: ['admin'] })).toEqual([400, 'roles[0]'])
    expect(await fieldOf({ tenant: null, roles: ['read'], expires: 'soon' })).toEqual([400, 'expires'])
    expect(await fieldOf({ tenant: null, roles: ['read'], limits: { events_per_second: 0.5 } })).toEqual([
      400,
      'limits.events_per_second',
    ])
    const asForm = await fetch(`${url}/v1/ops/keys`, withKey(all, { method: 'POST', body: 'roles=read' }))
    expect(asForm.status).toBe(415)
  })

  test('every act is noted before it is done, with the key that asked, and no text of a key is anywhere', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url, logged } = await bench.serve(environment)
    const operator = await bench.createKey(environment, 'acme', ['operate', 'produce'])
    const operatorId = operator.split('_')[1]!
    const asked = await post(url, operator, { roles: ['read'] })
    const created = (await asked.json()) as Created
    await fetch(`${url}/v1/ops/keys/${created.id}?`, withKey(operator, { method: 'DELETE' }))
    const event = { event_id: 'e', occurred_at: '2026-04-23T09:14:07Z', tenant_id: 'acme' }
    const data = { chain_id: 'c', resource: 'Time', limit: '1', observed: null }
    const body = JSON.stringify({ ...event, event: { type: 'BudgetExceeded', data } })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${url}/v1/events`, withKey(operator, { method: 'POST', headers, body }))).status).toBe(200)

    const { stdout } = await runCommand(['operations', 'list'], { environment })
    const by = `key:${operatorId}`
    const request = asked.headers.get('x-request-id')
    expect(jsonLines(stdout).slice(1)).toMatchObject([
      { by, operation: { type: 'OperatorAsked', key: operatorId, method: 'POST', path: '/v1/ops/keys', request } },
      { by, operation: { type: 'KeyCreated', key: created.id } },
      { by, operation: { type: 'OperatorAsked', method: 'DELETE', path: `/v1/ops/keys/${created.id}` } },
      { by, operation: { type: 'KeyRevoked', key: created.id } },
    ])

    // By mistake somebody sends a key where it does not belong.
    const answers = await Promise.all([
      fetch(`${url}/v1/ops/keys/${operator}`, withKey(operator, { method: 'DELETE' })),
      fetch(`${url}/v1/events`, withKey(operator.slice(0, -1))),
      fetch(`${url}/v1/events`, withKey(created.key)),
    ])
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 401])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    const archive = join(directory.path, 'log.avro')
    expect((await runCommand(['export', archive], { environment })).exitCode).toBe(0)
    const everything = [stdout, ...logged, ...texts, (await readFile(archive)).toString('latin1')].join('\n')
    expect(everything).toContain('BudgetExceeded')
    for (const key of [operator, created.key]) {
      expect(everything).not.toContain(key.split('_').slice(2).join('_'))
      expect(everything).not.toContain(createHash('sha256').update(key).digest('hex'))
    }
  })

  test('an expired key and a revoked one are refused in the words of an unknown one', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const all = await bench.createKey(environment, null, ['operate'])
    const expiring = (await (
      await post(url, all, { tenant: 'acme', roles: ['read'], expires: '1s' })
    ).json()) as Created
    const revoked = (await (await post(url, all, { tenant: 'acme', roles: ['read'] })).json()) as Created
    const ask = async (key: string): Promise<unknown[]> => {
      const answer = await fetch(`${url}/v1/events`, withKey(key))
      const challenge = answer.headers.get('www-authenticate')
      return [answer.status, challenge, answer.headers.get('connection'), await answer.json()]
    }
    await fetch(`${url}/v1/ops/keys/${revoked.id}`, withKey(all, { method: 'DELETE' }))
    await until(async () => (await ask(expiring.key))[0] === 401)
    const unknown = await ask(`elog_0123456789ab_${'A'.repeat(43)}`)
    expect(unknown[0]).toBe(401)
    expect(await ask(expiring.key)).toEqual(unknown)
    expect(await ask(revoked.key)).toEqual(unknown)
  })
})
