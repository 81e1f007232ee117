import { cp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { verify } from '../../../operations/verify/verify.ts'
import type { Offset } from '../../../base/position.ts'
import type { EventLog } from '../../../log/event-log.ts'
import { createViews } from '../../../projections/views/create-views.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { append, ServiceBench } from '../service-bench.ts'
import { lmdb } from '../service-place.ts'
import { budgetExceeded, outcome } from '../test-events.ts'

describe('verify', () => {
  const bench = new ServiceBench()
  let service: Service
  let events: string

  const command = async (sql: string): Promise<void> => service.readModel.store.command({ sql })
  const deleteRows = (where: string): Promise<void> =>
    command(`ALTER TABLE ${events} DELETE WHERE ${where} SETTINGS mutations_sync = 2`)
  const copyRows = (where: string, changes: string): Promise<void> =>
    command(`INSERT INTO ${events} SELECT * REPLACE (${changes}) FROM (SELECT * FROM ${events} WHERE ${where})
      SETTINGS insert_deduplicate = 0`)

  const open = async (): Promise<void> => {
    service = await bench.open(bench.newEnvironment(lmdb))
    events = service.readModel.store.table(service.readModel.generation.eventsTable)
  }

  test('takes each place for right where the log has an event several times, but one row only', async () => {
    await open()
    const event = outcome({ tenant_id: 'a', event_id: 'again' })
    const undated = outcome({ tenant_id: 'a', event_id: 'undated', occurred_at: 'this morning' })
    const first = await append(service, [event, undated])
    await service.catchUp()
    const later = await append(service, [event, undated])
    expect(await service.verify()).toEqual({ events: 2, differences: [] })
    for (const [index, { partition, offset }] of later.entries()) {
      const id = index === 0 ? 'again' : 'undated'
      const instant = index === 0 ? 'instant' : 'addDays(instant, 1)'
      await copyRows(
        `event_id = '${id}'`,
        `toInt32(${partition}) AS partition, ${offset} AS offset, ${instant} AS instant`,
      )
      if (index === 0) await deleteRows(`event_id = '${id}' AND offset = ${first[index]?.offset}`)
    }
    // The undated one now stands there a second time, at the other place where the log has it.
    const { differences } = await service.verify()
    expect(new Set(differences.map(({ measure }) => measure))).toEqual(
      new Set([
        'events of kind OutcomeRecorded',
        'events of undated',
        'content of undated',
        'places and times of 2026-04-23',
      ]),
    )
    const { partition, offset } = later[1] ?? { partition: -1, offset: -1n }
    expect(differences[0]?.first).toMatchObject({ partition, offset: `${offset}`, event_id: 'undated', what: 'twice' })

    await deleteRows(`event_id = 'undated' AND offset = ${offset}`)
    expect(await service.verify()).toEqual({ events: 2, differences: [] })
  })

  test('knows text that JSON escapes', async () => {
    await open()
    const odd = `\u000b \u001f \u2028 " \\ / \u007f \\u2028 é 😀`
    await append(service, [outcome({ tenant_id: 'a', event_id: 'odd', occurred_at: odd })])
    expect(await service.verify()).toEqual({ events: 1, differences: [] })
    await command(
      `ALTER TABLE ${events} UPDATE occurred_at = concat(occurred_at, ' ') WHERE true SETTINGS mutations_sync = 2`,
    )
    expect((await service.verify()).differences).toMatchObject([{ first: { event_id: 'odd', what: 'altered' } }])
  })

  test('verifies one tenant, and looks for strays under its topic only', async () => {
    await open()
    await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'b' }), outcome({ tenant_id: 'b' })])
    await service.catchUp()
    await copyRows(`tenant_id = 'a'`, '1000 AS offset')
    expect(await service.verify({ tenant: 'b' })).toEqual({ events: 2, differences: [] })
    expect((await service.verify({ tenant: 'a' })).differences).toMatchObject([{ first: { offset: '1000' } }])
    expect((await service.verify()).differences).toHaveLength(1)
    await expect(service.verify({ tenant: 'unknown' })).rejects.toMatchObject({ code: 'NotFound' })
  })

  test('finds a view that does not show what the table holds', async () => {
    await open()
    await append(service, [outcome({ tenant_id: 'a' }), budgetExceeded({ tenant_id: 'a' })])
    await service.catchUp()
    const { store, generation } = service.readModel
    const view = store.table('outcomes')
    await command(`CREATE OR REPLACE VIEW ${view} AS SELECT * FROM ${store.table('events')} WHERE false`)
    const topic = service.log.topics.topic('events', 'a')
    expect((await service.verify()).differences).toEqual([
      { topic, measure: 'OutcomeRecorded in the view outcomes', log: '1', tables: '0' },
    ])
    await createViews(store, generation)
    expect((await service.verify()).differences).toEqual([])
  })

  test('finds a roll-up that lies', async () => {
    await open()
    const { store, generation } = service.readModel
    await command(`SYSTEM STOP MERGES ${events}`)
    for (const tokens of [100n, 7n]) {
      await append(service, [outcome({ tenant_id: 'a' }, { tokens })])
      await service.catchUp()
    }
    const [honest, lying] = await store.query<{ name: string; path: string }>({
      sql: 'SELECT name, path FROM system.parts WHERE active AND table = {table:String} ORDER BY name',
      params: { table: generation.eventsTable },
    })
    if (honest === undefined || lying === undefined) throw new Error('each insert makes a part')
    await command(`ALTER TABLE ${events} DETACH PART '${lying.name}'`)
    const detached = join(dirname(honest.path), 'detached', lying.name, 'by_hour.proj')
    await rm(detached, { recursive: true })
    await cp(join(honest.path, 'by_hour.proj'), detached, { recursive: true })
    await command(`ALTER TABLE ${events} ATTACH PART '${lying.name}'`)

    const topic = service.log.topics.topic('events', 'a')
    expect((await service.verify()).differences).toEqual([
      { topic, measure: 'roll-up of tokens', log: '107', tables: '200' },
    ])
  })

  test('finds what a log lost, at its beginning, at its end, and in between', async () => {
    await open()
    const head = { tenant_id: 'a', correlation_id: 'run' }
    const positions = await append(
      service,
      Array.from({ length: 3 }, () => outcome(head)),
    )
    await service.catchUp()
    const { partition } = positions[0] ?? { partition: -1 }
    const topic = service.log.topics.topic('events', 'a')

    const verified = async (changes: Partial<EventLog>): Promise<Record<string, [string, string]>> => {
      const log = Object.assign(Object.create(service.log.log) as EventLog, bound(service.log.log), changes)
      const { topics, registry } = service.log
      const { store, generation } = service.readModel
      const { group } = service
      const parts = { log, topics, decoders: new EnvelopeDecoders(registry), store, generation, group }
      const { differences } = await verify(parts, await log.offsets([topic]))
      return Object.fromEntries(differences.map(({ measure, log: right, tables }) => [measure, [right, tables]]))
    }
    const offsets = async (change: { earliest?: bigint; next?: bigint }) =>
      (await service.log.log.offsets([topic])).map((each) =>
        each.partition === partition
          ? ({ ...each, ...change } as { earliest: Offset; next: Offset } & typeof each)
          : each,
      )

    expect(await verified({})).toEqual({})
    expect(await verified({ offsets: () => offsets({ earliest: 1n }) })).toEqual({
      [`events of partition ${partition} from before the log begins`]: ['0', '1'],
    })
    expect(await verified({ offsets: () => offsets({ next: 2n }) })).toEqual({
      [`events of partition ${partition} that the log lacks`]: ['0', '1'],
      [`committed offset of partition ${partition}, beyond the end of the log`]: ['2', '3'],
    })
    const withHole: EventLog['read'] = async function* (ranges) {
      for await (const batch of service.log.log.read(ranges)) {
        yield { ...batch, first: 1n as Offset, records: batch.records.slice(1) }
      }
    }
    expect(await verified({ read: withHole })).toMatchObject({
      [`offsets of partition ${partition}`]: ['0 to 2', '1 to 2'],
      'events of kind OutcomeRecorded': ['2', '3'],
    })
  })
})

/** The methods of a log, bound to it, so that some of them can be replaced. */
function bound(log: EventLog): Partial<EventLog> {
  return {
    offsets: (topics) => log.offsets(topics),
    read: (ranges) => log.read(ranges),
    committed: (group, topics) => log.committed(group, topics),
  }
}
