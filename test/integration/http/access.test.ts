import { describe, expect, test } from 'vitest'
import { lmdb } from '../service-place.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()

describe('who may come in', () => {
  test('anybody on this machine, in embedded mode, until a key is created', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    expect((await fetch(`${url}/v1/events`)).status).toBe(200)

    const key = await bench.createKey(environment, 'acme', ['read'])
    expect((await fetch(`${url}/v1/events`, withKey(key))).status).toBe(200)
    const refused = await fetch(`${url}/v1/events`)
    expect(refused.status).toBe(401)
    expect(await refused.json()).toEqual({
      error: { code: 'Unauthorized', message: expect.stringContaining('needs a key'), field: null },
    })
  })

  test('nobody with an unknown key, and nobody with a key for something else', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    expect((await fetch(`${url}/v1/events`, withKey('elog_000000000000_unknown'))).status).toBe(401)
    const key = await bench.createKey(environment, 'acme', ['produce'])
    expect((await fetch(`${url}/v1/events`, withKey(key))).status).toBe(403)
  })

  test("no page of another site, and nobody by another name of this machine's", async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const ofElsewhere = await fetch(`${url}/v1/events`, { headers: { origin: 'http://evil.example' } })
    expect(ofElsewhere.status).toBe(403)
  })

  test('an address that others reach is refused without keys', async () => {
    const environment = bench.newEnvironment(lmdb)
    await expect(bench.serve(environment, { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'InvalidSettings' })
    await bench.createKey(environment, null, ['operate'])
    const { url } = await bench.serve(environment, { host: '0.0.0.0' })
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})
