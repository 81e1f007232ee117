import { describe, expect, test } from 'vitest'
import { lmdb } from '../service-place.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, posting, type Answered } from './questions.ts'

const bench = new HttpBench()

const event = {
  from_state: 'Draft',
  to_state: 'Approved',
  timestamp: '2026-04-23T08:00:00Z',
  actor: 'reviewer',
  reason: 'r',
}

function body(change: object = {}): RequestInit {
  return posting(JSON.stringify({ artifact_kind: { Other: 'Robot' }, event: { ...event, ...change } }))
}

describe('a transition that is posted', () => {
  test('is an event that can be read at once by its position', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const answer = await ask(`${url}/v1/artifacts/a-1/transitions`, body({ tenant_id: 'acme' }))
    expect(answer.status).toBe(201)
    const { event_id, position } = JSON.parse(answer.text) as { event_id: string; position: string }
    expect(answer.headers.get('experience-position')).toBe(position)
    const headers = { 'experience-position': position }
    const found = await ask(`${url}/v1/artifacts/a-1?tenant_id=acme`, { headers })
    expect(JSON.parse(found.text)).toMatchObject({ events: [{ event_id, occurred_at: '2026-04-23T08:00:00Z' }] })
  })

  test("with a tenant's key is that tenant's, or refused", async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const key = await bench.createKey(environment, 'acme', ['produce', 'read'])
    expect((await ask(`${url}/v1/artifacts/a-1/transitions`, withKey(key, body()))).status).toBe(201)
    const { text } = await ask(`${url}/v1/artifacts`, withKey(key))
    expect(JSON.parse(text)).toMatchObject({ artifacts: [{ tenant_id: 'acme', artifact_id: 'a-1' }] })

    const foreign = await ask(`${url}/v1/artifacts/a-1/transitions`, withKey(key, body({ tenant_id: 'other' })))
    expect([foreign.status, JSON.parse(foreign.text)]).toMatchObject([
      403,
      { error: { code: 'Forbidden', field: 'event.tenant_id' } },
    ])
    const reading = await bench.createKey(environment, 'acme', ['read'])
    expect((await ask(`${url}/v1/artifacts/a-1/transitions`, withKey(reading, body()))).status).toBe(403)
  })

  test('counts among the events that its key may append a second', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, 'acme', ['produce'], { events_per_second: 1 })
    const { url } = await bench.serve(environment, { roles: ['ingest'] })
    const begun = performance.now()
    const answers: Answered[] = []
    for (let each = 0; each < 20; each++)
      answers.push(await ask(`${url}/v1/artifacts/a-1/transitions`, withKey(key, body())))
    const taken = answers.filter(({ status }) => status === 201)
    expect(taken.length).toBeLessThanOrEqual(2 + (performance.now() - begun) / 1000)
    const refused = answers.find(({ status }) => status === 429)
    expect(JSON.parse(refused!.text)).toMatchObject({ error: { code: 'TooManyRequests' } })
    expect(refused!.headers.get('retry-after')).toBe('1')
  })

  test('that is wrong is refused by the name of what is wrong', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    for (const [init, field] of [
      [body({ to_state: 'Gone' }), 'event.to_state'],
      [body({ colour: 'red' }), 'event.colour'],
      [body({ timestamp: '' }), 'occurred_at'],
      [posting('{}'), 'artifact_kind'],
      [posting('{'), 'body'],
    ] as const) {
      const { status, text } = await ask(`${url}/v1/artifacts/a-1/transitions`, init)
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: 'InvalidQuery', field } }])
    }
  })
})
