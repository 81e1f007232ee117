import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Position } from '../../../base/position.ts'
import { EventProducer } from '../../../producers/event-producer.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { eventOf, openLogs } from './producer-fixture.ts'
import { Gate } from './watched-log.ts'

const logs = await openLogs()
afterAll(() => logs.dispose())

function ids(count: number, prefix = 'evt'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
}
function eventIds(held: readonly { eventId: string }[]): string[] {
  return held.map(({ eventId }) => eventId)
}

function budgetExceeded(chain_id: string): ExperienceEventEnvelopeInput {
  return {
    event_id: 'evt',
    occurred_at: '1776945600Z',
    event: { type: 'BudgetExceeded', data: { chain_id, resource: 'Time', limit: '1' } },
  }
}

/** What each promise came to: its position, or its error. */
async function outcomes(promises: readonly Promise<Position>[]): Promise<(Position | ExperienceError)[]> {
  return (await Promise.allSettled(promises)).map((result) =>
    result.status === 'fulfilled' ? result.value : (result.reason as ExperienceError),
  )
}

function caught(promise: Promise<unknown>): Promise<ExperienceError> {
  return promise.then(
    () => expect.unreachable('should have rejected'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ExperienceError)
      return error as ExperienceError
    },
  )
}

describe('append', () => {
  test('answers with the position at which the log holds the event', async () => {
    const { log, encoder, held } = await logs.fixture({ partitions: 4 })
    const producer = new EventProducer(log, encoder)
    const envelopes = ids(40).map((id) => eventOf(id, { tenant: 'a', run: `run-${id}` }))
    const positions = await Promise.all(envelopes.map((envelope) => producer.append(envelope)))
    const byId = new Map((await held('a')).map((each) => [each.eventId, each]))
    for (const [index, { partition, offset }] of positions.entries()) {
      expect(byId.get(`evt-${index}`)).toMatchObject({ partition, offset, key: `run-evt-${index}` })
    }
    await producer.close()
  })

  test('takes envelopes as TypeScript writes them, and refuses invalid ones by field', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    const { tenant_id: _none, correlation_id: _neither, ...short } = eventOf('short')
    await producer.append(short)
    expect(await caught(producer.append({ ...short, event_id: 'not an id' }))).toMatchObject({
      code: 'InvalidQuery',
      field: 'event_id',
    })
    expect(eventIds(await held(null))).toEqual(['short'])
  })

  test('takes JSON text as well, in the order of the calls, and refuses what is at fault by field', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    const json = (id: string): Buffer => Buffer.from(JSON.stringify(eventOf(id, { tenant: 'a', run: 'r' })))
    const calls = ids(30).map((id, index) =>
      index % 2 === 0 ? producer.appendJson(json(id)) : producer.append(eventOf(id, { tenant: 'a', run: 'r' })),
    )
    expect(await caught(producer.appendJson(json('not an id')))).toMatchObject({
      code: 'InvalidQuery',
      field: 'event_id',
    })
    expect(await caught(producer.appendJson(json('x'.repeat(2 ** 21))))).toMatchObject({ field: 'event_id' })
    await Promise.all(calls)
    expect(eventIds(await held('a'))).toEqual(ids(30))
    await producer.close()
    expect(await caught(producer.appendJson(json('late')))).toMatchObject({ code: 'Unavailable' })
  })

  test('shares an append between calls that come together, over all tenants', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    await Promise.all(ids(900).map((id, index) => producer.append(eventOf(id, { tenant: `t${index % 30}` }))))
    expect(log.appends.length).toBeLessThan(5)
  })

  test('sends a batch once it has the bytes or the events for it', async () => {
    const { log, encoder } = await logs.fixture()
    const byCount = new EventProducer(log, encoder, { batchCount: 10, lingerMs: 60_000 })
    await Promise.all(ids(30).map((id) => byCount.append(eventOf(id))))
    expect(log.appends.map(({ requests }) => requests.length)).toEqual([10, 10, 10])
    log.appends.length = 0
    const byBytes = new EventProducer(log, encoder, { batchBytes: 4000, lingerMs: 60_000 })
    await Promise.all(ids(8).map((id) => byBytes.append(eventOf(id, { payload: 'x'.repeat(1000) }))))
    expect(log.appends.map(({ requests }) => requests.length)).toEqual([4, 4])
  })

  test('waits for company only while an append is under way, and no longer than the linger', async () => {
    const { log, encoder } = await logs.fixture()
    const patient = new EventProducer(log, encoder, { lingerMs: 3_600_000 })
    // One after another, nobody can join: each goes at once.
    for (const id of ids(3)) await patient.append(eventOf(id, { tenant: 'a' }))
    expect(log.appends).toHaveLength(3)

    const gate = new Gate()
    log.beforeAppend = () => gate.pass()
    const producer = new EventProducer(log, encoder, { lingerMs: 20 })
    const first = producer.append(eventOf('first', { tenant: 'a' }))
    await vi.waitFor(() => expect(log.appends).toHaveLength(4))
    const second = producer.append(eventOf('second', { tenant: 'b' }))
    await new Promise((resolve) => setImmediate(resolve))
    const third = producer.append(eventOf('third', { tenant: 'b' }))
    await vi.waitFor(() => expect(log.appends).toHaveLength(5))
    expect(log.appends[4]?.requests).toHaveLength(2)
    gate.open()
    await Promise.all([first, second, third])
  })

  test('keeps the order of the calls, whatever their kind', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { batchCount: 7, maxInFlightBytes: 4000 })
    const expected: string[] = []
    const calls: Promise<unknown>[] = []
    for (let turn = 0; turn < 60; turn++) {
      const names = ids(turn % 5, `turn-${turn}`)
      const list = names.map((id) => eventOf(id, { tenant: 'a', run: 'one' }))
      const last = eventOf(`turn-${turn}`, { tenant: 'a', run: 'one' })
      expected.push(...names, last.event_id)
      calls.push(producer.appendMany(list, { atomic: turn % 3 === 0 }), producer.append(last))
    }
    await Promise.all(calls)
    expect(eventIds(await held('a'))).toEqual(expected)
  })

  test('refuses a record that is too large alone, before anything is sent', async () => {
    const { log, encoder, held } = await logs.fixture({ maxBatchBytes: 5000 })
    const producer = new EventProducer(log, encoder)
    const results = await outcomes([
      producer.append(eventOf('before')),
      producer.append(eventOf('large', { payload: 'x'.repeat(6000) })),
      producer.append(eventOf('after')),
    ])
    expect(results[1]).toMatchObject({ code: 'InvalidQuery', field: 'event', retryable: false })
    expect(eventIds(await held(null))).toEqual(['before', 'after'])
    expect(log.appends).toHaveLength(1)
    expect(producer.inFlightBytes).toBe(0)
  })

  test('learns of a lowered limit when the log refuses a record', async () => {
    const { log, encoder, held } = await logs.fixture({ maxBatchBytes: 5000 })
    const producer = new EventProducer(log, encoder)
    const maxRecordBytes = log.maxRecordBytes.bind(log)
    log.maxRecordBytes = async () => 1_000_000
    const large = eventOf('large', { payload: 'x'.repeat(6000) })
    expect(await caught(producer.append(large))).toMatchObject({ code: 'InvalidQuery' })
    log.maxRecordBytes = maxRecordBytes
    await outcomes([producer.append(large)])
    log.appends.length = 0
    const results = await outcomes([producer.append(large), producer.append(eventOf('small'))])
    expect(results[0]).toMatchObject({ code: 'InvalidQuery', field: 'event' })
    expect(log.appends.map(({ requests }) => requests.length)).toEqual([1])
    expect(eventIds(await held(null))).toEqual(['small'])
  })

  test('counts a huge chain id, which is the key, against the limit', async () => {
    const { log, encoder } = await logs.fixture({ maxBatchBytes: 100_000 })
    const producer = new EventProducer(log, encoder)
    expect(await caught(producer.append(budgetExceeded('c'.repeat(60_000))))).toMatchObject({ field: 'event' })
    await producer.append(budgetExceeded('c'.repeat(40_000)))
  })

  test('asks again how large a record may be, after the log could not say', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    log.beforeMaxRecordBytes = () => {
      throw new ExperienceError('Unavailable', 'no broker answers')
    }
    const results = await outcomes(ids(3).map((id) => producer.append(eventOf(id))))
    for (const result of results) expect(result).toMatchObject({ code: 'Unavailable', retryable: true })
    log.beforeMaxRecordBytes = () => {}
    await producer.append(eventOf('later'))
    await producer.close()
  })
})

describe('backpressure', () => {
  test('bounds the bytes in flight while the log is slow, and loses nothing', async () => {
    const { log, encoder, held } = await logs.fixture()
    const limit = 50_000
    const producer = new EventProducer(log, encoder, { maxInFlightBytes: limit, batchBytes: 5000 })
    const seen: number[] = []
    log.beforeAppend = async () => {
      seen.push(producer.inFlightBytes)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(producer.inFlightBytes)
    }
    const names = ids(5000)
    const calls = names.map((id, index) => {
      const call = producer.append(eventOf(id, { tenant: `t${index % 3}` }))
      seen.push(producer.inFlightBytes)
      return call
    })
    await Promise.all(calls)
    expect(Math.max(...seen)).toBeLessThanOrEqual(limit)
    expect(Math.max(...seen)).toBeGreaterThan(limit / 2)
    expect(producer.inFlightBytes).toBe(0)
    for (const tenant of [0, 1, 2]) {
      expect(eventIds(await held(`t${tenant}`))).toEqual(names.filter((_, index) => index % 3 === tenant))
    }
  })

  test('leaves room for others while the appends of a topic hang', async () => {
    const { log, encoder, topics } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { maxInFlightBytes: 30_000, batchBytes: 2000 })
    const gate = new Gate()
    const stuck = topics.topic('events', 'stuck')
    log.beforeAppend = (requests) => (requests.some(({ topic }) => topic === stuck) ? gate.pass() : undefined)
    const hanging = ids(1000).map((id) => producer.append(eventOf(id, { tenant: 'stuck' })))
    await vi.waitFor(() => expect(gate.waiting).toBe(1))
    await Promise.all(ids(1000).map((id) => producer.append(eventOf(id, { tenant: 'lively' }))))
    expect(producer.inFlightBytes).toBeLessThanOrEqual(15_000)
    gate.open()
    await Promise.all(hanging)
  })

  test('lets in a record that is larger than all the room, alone', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { maxInFlightBytes: 1000 })
    const names = ids(20)
    await Promise.all(
      names.map((id, index) =>
        producer.append(eventOf(id, { tenant: `t${index % 2}`, payload: 'x'.repeat(index % 4 === 0 ? 5000 : 1) })),
      ),
    )
    expect(eventIds([...(await held('t0')), ...(await held('t1'))])).toHaveLength(20)
  })

  test('survives a burst of calls that nobody awaits', async () => {
    const { log, encoder, held } = await logs.fixture()
    const limit = 2 ** 20
    const producer = new EventProducer(log, encoder, { maxInFlightBytes: limit })
    let stored = 0
    for (const id of ids(100_000)) {
      void producer.append(eventOf(id), { validated: true }).then(() => stored++)
    }
    expect(producer.inFlightBytes).toBeLessThanOrEqual(limit)
    await producer.close()
    expect(stored).toBe(100_000)
    expect(eventIds(await held(null))).toEqual(ids(100_000))
  })
})

describe('a failing log', () => {
  test('rejects exactly the events of the batch that failed', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { batchCount: 10 })
    let count = 0
    log.beforeAppend = () => {
      if (++count === 2) throw new ExperienceError('Unavailable', 'the leader has gone')
    }
    const results = await outcomes(ids(30).map((id) => producer.append(eventOf(id, { run: 'one' }))))
    const failed = results.flatMap((result, index) => (result instanceof ExperienceError ? [index] : []))
    expect(failed).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    expect(eventIds(await held(null))).toEqual(ids(30).filter((_, index) => index < 10 || index >= 20))
    expect(producer.inFlightBytes).toBe(0)
  })

  test('is not asked twice for the same event', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    log.beforeAppend = () => {
      throw new ExperienceError('Unavailable', 'the leader has gone')
    }
    expect(await caught(producer.append(eventOf('once')))).toMatchObject({ code: 'Unavailable', retryable: true })
    expect(log.appends).toHaveLength(1)
  })

  test('fails other topics once at most when one of them fails again and again', async () => {
    const { log, encoder, topics } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    const bad = topics.topic('events', 'bad')
    log.beforeAppend = (requests) => {
      if (requests.some(({ topic }) => topic === bad)) throw new ExperienceError('StorageError', 'the topic is broken')
    }
    const failures: Record<string, number> = { bad: 0, good: 0, fine: 0 }
    for (let turn = 0; turn < 20; turn++) {
      await Promise.all(
        Object.keys(failures).map((tenant) =>
          producer.append(eventOf(`evt-${turn}`, { tenant })).catch(() => failures[tenant]!++),
        ),
      )
    }
    expect(failures).toEqual({ bad: 20, good: 1, fine: 1 })
  })

  test('that throws something else is a storage error, with the cause', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    const cause = new TypeError('not a function')
    log.beforeAppend = () => {
      throw cause
    }
    expect(await caught(producer.append(eventOf('evt')))).toMatchObject({ code: 'StorageError', cause })
  })

  test('that does not answer for every record is not believed', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    const append = log.append.bind(log)
    log.append = async (requests, options) => (await append(requests, options)).slice(1)
    const results = await outcomes(ids(3).map((id) => producer.append(eventOf(id))))
    for (const result of results) expect(result).toMatchObject({ code: 'StorageError' })
  })
})

describe('appendMany', () => {
  test('answers with the positions in the order of the list', async () => {
    const { log, encoder, held } = await logs.fixture({ partitions: 3 })
    const producer = new EventProducer(log, encoder, { batchCount: 50 })
    const list = [...simulateFleet({ seed: 8, events: 1000 })]
    for (const atomic of [false, true]) {
      const positions = await producer.appendMany(list, { atomic, validated: true })
      const byPlace = new Map<string, string>()
      for (const tenant of new Set(list.map(({ tenant_id }) => tenant_id))) {
        const topic = encoder.topicOf(tenant)
        for (const { partition, offset, eventId } of await held(tenant))
          byPlace.set(`${topic} ${partition} ${offset}`, eventId)
      }
      const found = positions.map(({ topic, partition, offset }) => byPlace.get(`${topic} ${partition} ${offset}`))
      expect(found).toEqual(list.map(({ event_id }) => event_id))
    }
  })

  test('succeeds with an empty list', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    expect(await producer.appendMany([])).toEqual([])
    expect(await producer.appendMany([], { atomic: true })).toEqual([])
    expect(log.appends).toEqual([])
  })

  const invalid = { ...eventOf('evt-3'), occurred_at: '' }
  const oversize = eventOf('evt-3', { payload: 'x'.repeat(6000) })
  const faults = [
    { what: 'is invalid', envelope: invalid, field: 'events[3].occurred_at' },
    { what: 'is too large', envelope: oversize, field: 'events[3].event' },
  ]

  test.each(faults)(
    'stops at an event that $what, names it, and leaves those before it',
    async ({ envelope, field }) => {
      const { log, encoder, held } = await logs.fixture({ maxBatchBytes: 5000 })
      const producer = new EventProducer(log, encoder)
      const list = ids(6).map((id, index) => (index === 3 ? envelope : eventOf(id)))
      const error = await caught(producer.appendMany(list))
      expect(error).toMatchObject({ code: 'InvalidQuery', field })
      expect(error.message).toContain('events[3]')
      expect(eventIds(await held(null))).toEqual(['evt-0', 'evt-1', 'evt-2'])
    },
  )

  test.each(faults)('appends nothing of an atomic list in which an event $what', async ({ envelope, field }) => {
    const { log, encoder, held } = await logs.fixture({ maxBatchBytes: 5000 })
    const producer = new EventProducer(log, encoder)
    const list = ids(6).map((id, index) => (index === 3 ? envelope : eventOf(id, { tenant: `t${index % 2}` })))
    expect(await caught(producer.appendMany(list, { atomic: true }))).toMatchObject({ code: 'InvalidQuery', field })
    expect(log.appends).toEqual([])
    await Promise.all(['t0', 't1', null].map((tenant) => producer.append(eventOf('after', { tenant }))))
    expect(eventIds([...(await held('t0')), ...(await held('t1'))])).toEqual(['after', 'after'])
    expect(producer.inFlightBytes).toBe(0)
  })

  test('sends nothing after the batch that the log failed, and names its first event', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { batchCount: 10 })
    let count = 0
    log.beforeAppend = () => {
      if (++count === 3) throw new ExperienceError('StorageError', 'the disk is full')
    }
    const list = producer.appendMany(ids(100).map((id) => eventOf(id)))
    const later = producer.append(eventOf('later'))
    const error = await caught(list)
    expect(error).toMatchObject({ code: 'StorageError', message: 'events[20]: the disk is full', field: undefined })
    await later
    expect(eventIds(await held(null))).toEqual([...ids(20), 'later'])
    expect(producer.inFlightBytes).toBe(0)
  })

  test('sends an atomic list as one atomic append, also when it is larger than all the room', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { batchCount: 10, maxInFlightBytes: 3000 })
    const before = ids(50).map((id) => producer.append(eventOf(id, { tenant: 'b' })))
    await producer.appendMany(
      ids(200).map((id, index) => eventOf(id, { tenant: index % 2 === 0 ? 'a' : 'b' })),
      { atomic: true },
    )
    await Promise.all(before)
    expect(log.appends.filter(({ atomic }) => atomic).map(({ requests }) => requests.length)).toEqual([200])
    expect(producer.inFlightBytes).toBe(0)
  })

  test('rejects an atomic list that the log failed, and goes on', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    log.beforeAppend = () => {
      log.beforeAppend = () => {}
      throw new ExperienceError('Unavailable', 'the transaction timed out')
    }
    const list = ['a', 'b'].map((tenant) => eventOf('listed', { tenant }))
    expect(await caught(producer.appendMany(list, { atomic: true }))).toMatchObject({ code: 'Unavailable' })
    await producer.appendMany(list, { atomic: true })
    expect(await held('a')).toHaveLength(1)
  })
})

describe('flush and close', () => {
  test('flush sends what lingers, and answers once the log has', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { lingerMs: 3_600_000, maxInFlightBytes: 1000, batchCount: 2 })
    const calls = ids(25).map((id) => producer.append(eventOf(id)))
    await producer.flush()
    expect(eventIds(await held(null))).toEqual(ids(25))
    await Promise.all(calls)
    await producer.flush()
  })

  test('flush does not wait for later calls, nor reject for those that fail', async () => {
    const { log, encoder } = await logs.fixture()
    const producer = new EventProducer(log, encoder)
    log.beforeAppend = () => {
      throw new ExperienceError('Unavailable', 'gone')
    }
    const failing = caught(producer.append(eventOf('fails')))
    await producer.flush()
    await failing
    const gate = new Gate()
    log.beforeAppend = () => gate.pass()
    const flushed = producer.flush()
    const later = producer.append(eventOf('later'))
    await flushed
    gate.open()
    await later
  })

  test('close drains, and refuses calls from then on', async () => {
    const { log, encoder, held } = await logs.fixture()
    const producer = new EventProducer(log, encoder, { lingerMs: 3_600_000 })
    const calls = ids(10).map((id) => producer.append(eventOf(id)))
    const closed = producer.close()
    expect(await caught(producer.append(eventOf('late')))).toMatchObject({ code: 'Unavailable', retryable: false })
    expect(await caught(producer.appendMany([eventOf('late')]))).toMatchObject({ code: 'Unavailable' })
    await Promise.all([...calls, closed, producer.close()])
    expect(eventIds(await held(null))).toEqual(ids(10))
  })

  test('refuses settings that make no sense, naming each', async () => {
    const { log, encoder } = await logs.fixture()
    const make = (): EventProducer => new EventProducer(log, encoder, { batchCount: 0, lingerMs: -1, batchBytes: NaN })
    expect(make).toThrow(/lingerMs.*batchBytes.*batchCount/)
  })
})
