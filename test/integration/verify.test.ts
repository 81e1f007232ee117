import { describe, expect, test } from 'vitest'
import { table } from '../../projections/table-name.ts'
import type { Service } from '../../service/wiring/service.ts'
import { append, ServiceBench } from './service-bench.ts'
import { lmdb } from './service-place.ts'
import { outcome } from './test-events.ts'

describe('verify', () => {
  const bench = new ServiceBench()
  let service: Service
  let events: string
  let topic: string

  /** Changes the table behind the projector's back, as a mistaken operator or a bug would. */
  const tamper = async (sql: string): Promise<void> =>
    service.readModel.store.command({ sql: `${sql} SETTINGS mutations_sync = 2, insert_deduplicate = 0` })

  const differences = async (): Promise<Record<string, readonly [log: string, tables: string]>> => {
    const found = (await service.verify()).differences
    return Object.fromEntries(found.map((each) => [`${each.topic}: ${each.measure}`, [each.log, each.tables]]))
  }

  const open = async (): Promise<void> => {
    service = await bench.open(bench.newEnvironment(lmdb))
    events = table(service.readModel.store, service.readModel.generation.eventsTable)
    topic = service.log.topics.topic('events', 'a')
    const day = (number: number) => `2026-04-${number}T09:00:00Z`
    await append(service, [
      outcome({ tenant_id: 'a', event_id: 'one', occurred_at: day(21) }, { tokens: 100n, cost_microdollars: 7n }),
      outcome({ tenant_id: 'a', event_id: 'two', occurred_at: day(22) }, { tokens: 2n ** 64n - 1n }),
      outcome({ tenant_id: 'b', event_id: 'three', occurred_at: day(22) }, { tokens: 2n ** 64n - 1n }),
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
  })

  test('finds a row that is there twice', async () => {
    await open()
    await tamper(`INSERT INTO ${events} SELECT * FROM ${events} WHERE event_id = 'one'`)
    expect(await differences()).toMatchObject({
      [`${topic}: events of kind OutcomeRecorded`]: ['2', '3'],
      [`${topic}: cost in µ$ of kind OutcomeRecorded`]: ['7', '14'],
      [`${topic}: events of 2026-04-21`]: ['1', '2'],
    })
  })

  test('finds a changed sum, beyond 64 bits too', async () => {
    await open()
    await tamper(`ALTER TABLE ${events} UPDATE tokens = tokens - 1 WHERE event_id = 'two'`)
    expect(await differences()).toEqual({
      [`${topic}: tokens of kind OutcomeRecorded`]: [String(2n ** 64n + 99n), String(2n ** 64n + 98n)],
    })
  })

  test('finds changed content', async () => {
    await open()
    await tamper(`ALTER TABLE ${events} UPDATE digest = digest + 1 WHERE event_id = 'three'`)
    expect(Object.keys(await differences())).toEqual([
      `${service.log.topics.topic('events', 'b')}: content of 2026-04-22`,
    ])
  })

  test('finds rows of places that the log does not have', async () => {
    await open()
    const copy = async (changes: string): Promise<void> =>
      // From a subquery: in WHERE, ClickHouse would take what replaces a column for the column.
      tamper(`INSERT INTO ${events} SELECT * REPLACE (${changes})
        FROM (SELECT * FROM ${events} WHERE topic = '${topic}' AND partition = 0 AND offset = 0)`)
    await copy("'nowhere' AS topic")
    await copy('9 AS partition')
    await copy('1000 AS offset')
    expect(await differences()).toEqual({
      'nowhere: events of partition 0 that the log lacks': ['0', '1'],
      [`${topic}: events of partition 0 that the log lacks`]: ['0', '1'],
      [`${topic}: events of partition 9 that the log lacks`]: ['0', '1'],
    })
  })

  test('finds a dead letter that is missing', async () => {
    await open()
    const value = Buffer.from('no event')
    await service.log.log.append([{ topic, record: { key: '', value, headers: {}, timestamp: 0 } }])
    expect(await differences()).toEqual({})
    const deadLetters = table(service.readModel.store, service.readModel.generation.deadLettersTable)
    await tamper(`ALTER TABLE ${deadLetters} DELETE WHERE true`)
    expect(await differences()).toEqual({ [`${topic}: dead letters`]: ['1', '0'] })
  })

  test('is not misled by what is appended and projected meanwhile', async () => {
    await open()
    const appending = (async () => {
      for (let index = 0; index < 10; index++) await append(service, [outcome({ tenant_id: `new-${index}` })])
    })()
    const found = await Promise.all(Array.from({ length: 5 }, () => differences()))
    await appending
    for (const each of found) expect(each).toEqual({})
    expect(await service.verify()).toEqual({ events: 13, differences: [] })
  })
})
