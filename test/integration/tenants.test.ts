import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { printExport } from '../../service/cli/archive/print-export.ts'
import { printImport } from '../../service/cli/archive/print-import.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import type { Service } from '../../service/wiring/service.ts'
import { runInProcess } from './archive/run-in-process.ts'
import { EVERYTHING } from './rebuild/rebuild-scopes.ts'
import { append, countRows, ServiceBench } from './service-bench.ts'
import { kafka, lmdb } from './service-place.ts'
import { outcome } from './test-events.ts'

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`deleting a tenant on ${log.name}`, () => {
    const bench = new ServiceBench()
    const conduct = { stopped: new AbortController().signal, report: () => {}, onWait: () => {} }

    /** Three tenants, of which the one that is deleted also has dead letters. */
    const fill = async (service: Service): Promise<void> => {
      await append(
        service,
        ['gone', 'stays', null].flatMap((tenant_id) => Array.from({ length: 5 }, () => outcome({ tenant_id }))),
      )
      const record = { key: 'k', value: Buffer.from('no event'), headers: {}, timestamp: Date.now() }
      await service.log.log.append([{ topic: service.log.topics.topic('events', 'gone'), record }])
      await service.catchUp()
    }
    const operations = async ({ log: { log: its, topics } }: Service) =>
      (await new OperationsLog(its, topics).read()).map(({ operation }) => operation)

    test('leaves nothing of it in the log or in any generation, but a record of who did it', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const maintenance = await service.beginMaintenance()
      await maintenance.rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
      expect(await countRows(service)).toBe(15)

      expect(await maintenance.deleteTenant('gone', conduct)).toEqual({
        records: 7,
        events: 5,
        dead_letters: 1,
        exports: [],
      })
      const { topics } = service.log
      const names = [topics.topic('events', 'gone'), topics.topic('dead-letters', 'gone')]
      expect(await service.log.log.offsets(names)).toEqual([])
      const { store } = service.readModel
      const tables = await store.query<{ name: string }>({
        sql: `SELECT name FROM system.tables WHERE database = {database:String} AND match(name, '^(events|dead_letters)_[0-9a-f]{12}$')`,
        params: { database: store.database },
      })
      expect(tables).toHaveLength(4)
      for (const { name } of tables) {
        const sql = `SELECT count() AS rows FROM ${store.table(name)} WHERE topic = {topic:String}`
        expect(await store.query({ sql, params: { topic: names[0] } })).toEqual([{ rows: '0' }])
      }
      expect(await service.verify()).toEqual({ events: 10, differences: [] })
      expect((await operations(service)).slice(-2)).toEqual([
        { type: 'TenantDeletionStarted', tenant: 'gone', topic: names[0], records: 7, events: 5, dead_letters: 1 },
        { type: 'TenantDeleted', tenant: 'gone', topic: names[0], records: 7, events: 5, dead_letters: 1 },
      ])

      await maintenance.rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
      expect(await countRows(service)).toBe(10)
      await expect(maintenance.deleteTenant('gone', conduct)).rejects.toMatchObject({ code: 'NotFound' })
    })

    test('deletes also from a generation of which a killed process left one table', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const { store } = service.readModel
      const old = await service.liveGeneration()
      const maintenance = await service.beginMaintenance()
      await maintenance.rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
      await store.command({ sql: `DROP TABLE ${store.table(old.deadLettersTable)} SYNC` })
      expect(await maintenance.deleteTenant('gone', conduct)).toMatchObject({ events: 5, dead_letters: 1 })
      const sql = `SELECT count() AS rows FROM ${store.table(old.eventsTable)}`
      expect(await store.query({ sql })).toEqual([{ rows: '10' }])
    })

    test('takes events without a tenant for one, and a tenant that comes again begins anew', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const maintenance = await service.beginMaintenance()
      expect(await maintenance.deleteTenant('', conduct)).toMatchObject({ records: 5, events: 5, dead_letters: 0 })
      await maintenance.deleteTenant('gone', conduct)
      expect(await service.verify()).toEqual({ events: 5, differences: [] })
      await append(service, [outcome({ tenant_id: 'gone' }), outcome({ tenant_id: null })])
      await service.catchUp()
      expect(await service.verify()).toEqual({ events: 7, differences: [] })
    })

    test('is undone by an import of what was exported before, however often', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment)
      await append(
        service,
        Array.from({ length: 5 }, () => outcome({ tenant_id: 'back' })),
      )
      await service.catchUp()
      const file = join(bench.place.directory, `${service.log.topics.prefix}.avro`)
      expect((await runInProcess(environment, (context) => printExport(context, file, 'back'))).exitCode).toBe(0)
      const maintenance = await service.beginMaintenance()
      for (let time = 0; time < 3; time++) {
        await maintenance.deleteTenant('back', conduct)
        expect(await service.verify()).toEqual({ events: 0, differences: [] })
        expect((await runInProcess(environment, (context) => printImport(context, file))).exitCode).toBe(0)
        expect(await service.verify()).toEqual({ events: 5, differences: [] })
        expect(await countRows(service)).toBe(5)
      }
    })

    test('goes on where it was interrupted, and names the exports that still hold the tenant', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const logged = new OperationsLog(service.log.log, service.log.topics)
      const exported = { type: 'Exported', records: 1, digest: 'd' } as const
      const { topics } = service.log
      const [gone, stays] = [topics.topic('events', 'gone'), topics.topic('events', 'stays')]
      await logged.append({ ...exported, file: '/backup/all.avro', topics: [gone, stays] })
      await logged.append({ ...exported, file: '/backup/stays.avro', topics: [stays] })
      // As a process does that is killed after it has removed the topics.
      await logged.append({
        type: 'TenantDeletionStarted',
        tenant: 'gone',
        topic: gone,
        records: 7,
        events: 5,
        dead_letters: 1,
      })
      await service.log.log.deleteTopics([gone])
      const maintenance = await service.beginMaintenance()
      expect(await maintenance.deleteTenant('gone', conduct)).toMatchObject({
        records: 7,
        events: 5,
        exports: ['/backup/all.avro'],
      })
      expect(await service.verify()).toEqual({ events: 10, differences: [] })
      expect((await operations(service)).filter(({ type }) => type === 'TenantDeletionStarted')).toHaveLength(1)
    })
  })
}
