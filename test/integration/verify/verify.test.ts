import { describe, expect, test } from 'vitest'
import type { Difference } from '../../../operations/verify/difference.ts'
import type { Position } from '../../../base/position.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'

describe('verify', () => {
  const bench = new ServiceBench()
  let service: Service
  let events: string
  let deadLetters: string
  let topic: string
  let topicOfB: string
  /** Of `one`, `two` and `three`, in this order; the first two in one partition. */
  let positions: Position[]

  /** Changes the table behind the projector's back, as a mistaken operator or a bug would. */
  const tamper = async (sql: string): Promise<void> =>
    service.readModel.store.command({ sql: `${sql} SETTINGS mutations_sync = 2, insert_deduplicate = 0` })

  /** Copies rows with changed columns. From a subquery: in WHERE, ClickHouse would take the change for the column. */
  const copyRows = async (where: string, changes: string): Promise<void> =>
    tamper(`INSERT INTO ${events} SELECT * REPLACE (${changes}) FROM (SELECT * FROM ${events} WHERE ${where})`)

  const found = async (tenant?: string): Promise<readonly Difference[]> =>
    (await service.verify({ tenant })).differences

  const differences = async (): Promise<Record<string, readonly [log: string, tables: string]>> =>
    Object.fromEntries((await found()).map((each) => [`${each.topic}: ${each.measure}`, [each.log, each.tables]]))

  /** What the differences name as the first event or dead letter: the same in all. */
  const firstFound = async (): Promise<Difference['first']> => {
    const firsts = (await found()).map(({ first }) => first)
    expect(firsts).not.toEqual([])
    for (const first of firsts) expect(first).toEqual(firsts[0])
    return firsts[0]
  }

  const at = (index: number, what: string, id: string): object => {
    const { topic: where, partition, offset } = positions[index] as Position
    const named = { event_id: id, kind: 'OutcomeRecorded' }
    return { table: 'events', topic: where, partition, offset: offset.toString(), ...named, what }
  }

  const open = async (): Promise<void> => {
    service = await bench.open(bench.newEnvironment(lmdb))
    const { store, generation } = service.readModel
    events = store.table(generation.eventsTable)
    deadLetters = store.table(generation.deadLettersTable)
    topic = service.log.topics.topic('events', 'a')
    topicOfB = service.log.topics.topic('events', 'b')
    const head = (id: string, day: number, tenant = 'a') =>
      ({ tenant_id: tenant, event_id: id, occurred_at: `2026-04-${day}T09:00:00Z`, correlation_id: 'run' }) as const
    positions = await append(service, [
      outcome(head('one', 21), { tokens: 100n, cost_microdollars: 7n }),
      outcome(head('two', 22), { tokens: 2n ** 64n - 1n }),
      outcome(head('three', 22, 'b'), { tokens: 2n ** 64n - 1n }),
    ])
    expect(await service.verify()).toEqual({ events: 3, differences: [] })
  }

  test('finds a row that is missing', async () => {
    await open()
    await tamper(`ALTER TABLE ${events} DELETE WHERE event_id = 'two'`)
    expect(await differences()).toEqual({
      [`${topic}: events of kind OutcomeRecorded`]: ['2', '1'],
      [`${topic}: tokens of kind OutcomeRecorded`]: [String(2n ** 64n + 99n), '100'],
      [`${topic}: events of 2026-04-22`]: ['1', '0'],
      [`${topic}: content of 2026-04-22`]: [expect.stringMatching(/^\d+:\d+$/), '0:0'],
    })
    expect(await firstFound()).toEqual(at(1, 'missing', 'two'))
  })

  test('finds a row that is there twice', async () => {
    await open()
    await tamper(`INSERT INTO ${events} SELECT * FROM ${events} WHERE event_id = 'one'`)
    expect(await differences()).toMatchObject({
      [`${topic}: events of kind OutcomeRecorded`]: ['2', '3'],
      [`${topic}: cost in µ$ of kind OutcomeRecorded`]: ['7', '14'],
      [`${topic}: events of 2026-04-21`]: ['1', '2'],
    })
    expect(await firstFound()).toEqual(at(0, 'twice', 'one'))
  })

  test('finds a changed sum, beyond 64 bits too', async () => {
    await open()
    await tamper(`ALTER TABLE ${events} UPDATE tokens = tokens - 1 WHERE event_id = 'two'`)
    expect(await differences()).toEqual({
      [`${topic}: tokens of kind OutcomeRecorded`]: [String(2n ** 64n + 99n), String(2n ** 64n + 98n)],
      [`${topic}: places and times of 2026-04-22`]: expect.anything(),
    })
    expect(await firstFound()).toEqual(at(1, 'altered', 'two'))
  })

  test.each([
    ['that moved to another row', "tokens = if(event_id = 'one', tokens + 9, tokens - 9)"],
    ['that became 0 where there was none', 'latency_ms = ifNull(latency_ms, 0)'],
  ])('finds a number %s, though sums stay', async (_, change) => {
    await open()
    await tamper(`ALTER TABLE ${events} UPDATE ${change} WHERE event_id IN ('one', 'two')`)
    expect(Object.keys(await differences())).toEqual([
      `${topic}: places and times of 2026-04-21`,
      `${topic}: places and times of 2026-04-22`,
    ])
    expect(await firstFound()).toEqual(at(0, 'altered', 'one'))
  })

  test('finds a changed digest', async () => {
    await open()
    await tamper(`ALTER TABLE ${events} UPDATE digest = digest + 1 WHERE event_id = 'three'`)
    expect(Object.keys(await differences())).toEqual([
      `${topicOfB}: content of 2026-04-22`,
      `${topicOfB}: events whose columns differ from their digest`,
    ])
    expect(await firstFound()).toEqual(at(2, 'altered', 'three'))
  })

  test.each(["correlation_id = 'other'", 'correlation_id = NULL', "occurred_at = ''", "payload = '{}'"])(
    'finds a column that is not what the digest was made of: %s',
    async (change) => {
      await open()
      await tamper(`ALTER TABLE ${events} UPDATE ${change} WHERE event_id = 'two'`)
      expect(await differences()).toEqual({ [`${topic}: events whose columns differ from their digest`]: ['0', '1'] })
      expect(await firstFound()).toEqual(at(1, 'altered', 'two'))
    },
  )

  test('finds rows that changed places, and a row with another time', async () => {
    await open()
    await copyRows(`topic = '${topic}'`, '1 - offset AS offset, logged_at + 1 AS logged_at')
    await tamper(`ALTER TABLE ${events} DELETE WHERE topic = '${topic}' AND (event_id = 'one') = (offset = 0)`)
    expect(Object.keys(await differences())).toEqual([
      `${topic}: places and times of 2026-04-21`,
      `${topic}: places and times of 2026-04-22`,
    ])
    expect(await firstFound()).toEqual(at(0, 'altered', 'one'))

    await copyRows(`topic = '${topicOfB}'`, `addSeconds(instant, 1) AS instant`)
    await tamper(`ALTER TABLE ${events} DELETE WHERE topic = '${topicOfB}' AND toSecond(instant) = 0`)
    expect((await found('b')).map(({ first }) => first)).toEqual([at(2, 'altered', 'three')])
  })

  test('finds rows of places that the log does not have', async () => {
    await open()
    const { partition, offset } = positions[0] as Position
    const copy = async (changes: string): Promise<void> =>
      copyRows(`topic = '${topic}' AND partition = ${partition} AND offset = ${offset}`, changes)
    await copy("'nowhere' AS topic")
    await copy('99 AS partition')
    await copy('1000 AS offset')
    const where = [
      { topic: 'nowhere', partition, offset: '0' },
      { topic, partition, offset: '1000' },
      { topic, partition: 99, offset: '0' },
    ]
    expect(await found()).toEqual(
      where.map((place) => ({
        topic: place.topic,
        measure: `events of partition ${place.partition} that the log lacks`,
        log: '0',
        tables: '1',
        first: { table: 'events', ...place, event_id: 'one', kind: 'OutcomeRecorded', what: 'extra' },
      })),
    )
  })

  test('finds dead letters that are missing, altered or there twice', async () => {
    await open()
    const record = { key: 'run', value: Buffer.from('no event'), headers: {}, timestamp: 0 }
    const [position] = await service.log.log.append([{ topic, record }])
    const { partition, offset } = position as Position
    const bad = (what: string): object => ({ table: 'dead_letters', topic, partition, offset: `${offset}`, what })
    expect(await differences()).toEqual({})

    await tamper(`INSERT INTO ${deadLetters} SELECT * FROM ${deadLetters}`)
    expect(await differences()).toEqual({ [`${topic}: dead letters`]: ['1', '2'] })
    expect(await firstFound()).toEqual(bad('twice'))
    await tamper(`ALTER TABLE ${deadLetters} DELETE WHERE true`)
    expect(await differences()).toEqual({ [`${topic}: dead letters`]: ['1', '0'] })
    expect(await firstFound()).toEqual(bad('missing'))
    await tamper(`INSERT INTO ${deadLetters} (topic, partition, offset) SELECT '${topic}', ${partition}, ${offset}`)
    expect(Object.keys(await differences())).toEqual([`${topic}: content of dead letters`])
    expect(await firstFound()).toEqual(bad('altered'))
    await tamper(`INSERT INTO ${deadLetters} (topic, partition, offset) SELECT '${topic}', ${partition}, 1000`)
    expect(await differences()).toMatchObject({
      [`${topic}: dead letters of partition ${partition} that the log lacks`]: ['0', '1'],
    })
  })

  test('is not misled by what is appended and projected meanwhile', async () => {
    await open()
    const appending = (async () => {
      for (let index = 0; index < 10; index++) await append(service, [outcome({ tenant_id: `new-${index}` })])
    })()
    const verified = await Promise.all(Array.from({ length: 5 }, () => differences()))
    await appending
    for (const each of verified) expect(each).toEqual({})
    expect(await service.verify()).toEqual({ events: 13, differences: [] })
  })
})
