import { describe, expect, test } from 'vitest'
import { openLog } from '../../../service/wiring/open-log.ts'
import { kafka, lmdb, settingsOf, type Environment } from '../service-place.ts'
import { logRecord } from '../dead-letters/bad-records.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask } from './questions.ts'

const bench = new HttpBench()

interface Status {
  readonly state: string
  readonly complete: boolean
  readonly records: readonly Readonly<Record<string, unknown>>[]
}

async function statusOf(url: string, init?: RequestInit): Promise<Status> {
  const { status, text } = await ask(url, init)
  expect(status, text).toBe(200)
  return JSON.parse(text) as Status
}

/** Appends a record that is no event, with the id of one. */
async function appendGarbage(environment: Environment, tenant: string, id: string): Promise<void> {
  const log = await openLog(settingsOf(environment))
  try {
    const record = logRecord('garbage', { event_id: id })
    await log.log.append([{ topic: log.topics.topic('events', tenant), record }])
  } finally {
    await log.close()
  }
}

describe.each([lmdb, kafka()])('the status of an event on $name', (log) => {
  test.skipIf(log.skipped !== undefined)('tells where it is, of which it is a duplicate, and why not', async () => {
    const environment = bench.newEnvironment(log)
    const key = withKey(await bench.createKey(environment, null, ['read']))
    const { url } = await bench.serve(environment)
    const event = outcome({ event_id: 'evt-1', tenant_id: 'acme' })
    const [first] = await appendEvents(environment, [event])
    const [second] = await appendEvents(environment, [event])
    await appendGarbage(environment, 'acme', 'evt-2')
    await ask(`${url}/v1/summary?tenant_id=acme`, key)

    const known = await statusOf(`${url}/v1/events/evt-1/status`, key)
    expect(known).toMatchObject({
      state: 'projected',
      complete: true,
      records: [{ position: first, state: 'projected' }],
    })
    const duplicate = await statusOf(`${url}/v1/events/evt-1/status?position=${second}`, key)
    expect(duplicate.records).toMatchObject([{ position: second, state: 'duplicate', duplicate_of: first }])
    const original = await statusOf(`${url}/v1/events/evt-1/status?position=${first}`, key)
    expect(original.records).toMatchObject([{ position: first, state: 'projected', kind: 'OutcomeRecorded' }])
    const letter = await statusOf(`${url}/v1/events/evt-2/status`, key)
    expect(letter).toMatchObject({ state: 'dead-letter', records: [{ state: 'dead-letter', reason: 'NotFramed' }] })
    const { position } = letter.records[0]!
    const there = await statusOf(`${url}/v1/events/evt-2/status?position=${String(position)}`, key)
    expect(there.records).toEqual(letter.records)
  })
})

describe('the status of an event', () => {
  test('is accepted until it is projected', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest', 'query'] })
    const [position] = await appendEvents(environment, [outcome({ event_id: 'evt-1', tenant_id: 'acme' })])
    for (const parameters of ['', '?tenant_id=acme', `?position=${position}`]) {
      const { state, records } = await statusOf(`${url}/v1/events/evt-1/status${parameters}`)
      expect([state, records]).toMatchObject(['accepted', [{ position, state: 'accepted', kind: null }]])
    }
    await ask(`${url}/v1/summary`)
    expect((await statusOf(`${url}/v1/events/evt-1/status`)).state).toBe('projected')
  })

  test('is for who appends as well, and nobody else', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [outcome({ event_id: 'evt-1', tenant_id: 'acme' })])
    const producing = await bench.createKey(environment, 'acme', ['produce'])
    const operating = await bench.createKey(environment, 'acme', ['operate'])
    expect((await ask(`${url}/v1/events/evt-1/status`, withKey(producing))).status).toBe(200)
    expect((await ask(`${url}/v1/events/evt-1`, withKey(producing))).status).toBe(403)
    expect((await ask(`${url}/v1/events/evt-1/status`, withKey(operating))).status).toBe(403)
  })

  test('of an event that nobody appended is a 404, as of one at a position that holds another or nothing', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const [position] = await appendEvents(environment, [outcome({ event_id: 'evt-1', tenant_id: 'acme' })])
    const beyond = position!.replace(/\d+$/, '17')
    for (const parameters of ['', `?position=${position}`, `?position=${beyond}`, '?position=nothing/0/0']) {
      const { status, text } = await ask(`${url}/v1/events/evt-2/status${parameters}`)
      expect([status, JSON.parse(text)]).toEqual([
        404,
        { error: { code: 'NotFound', message: 'there is no event "evt-2"', field: null } },
      ])
    }
    expect((await ask(`${url}/v1/events/evt-2/status?position=nothing`)).status).toBe(400)
    expect((await ask(`${url}/v1/events/evt-2/status?consistency=latest`)).status).toBe(400)
  })
})
