import { describe, expect, test } from 'vitest'
import type { RebuildPhase } from '../../../operations/rebuild/rebuild-watch.ts'
import type { RebuildOptions, RebuildResult } from '../../../operations/rebuild/rebuild.ts'
import type { RebuildScope } from '../../../operations/log/operation.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { generation } from '../../../projections/generations/generation.ts'
import { readModelId } from '../../../projections/generations/generations.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { EVERYTHING } from './rebuild-scopes.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const NEVER = new AbortController().signal
function scopeOf(scope: Partial<RebuildScope>): RebuildScope {
  return { ...EVERYTHING, ...scope }
}

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`rebuild on ${log.name}`, () => {
    const bench = new ServiceBench()

    /** Two tenants with events, some of them appended twice, and records that are none. */
    const fill = async (service: Service): Promise<void> => {
      const events = Array.from({ length: 60 }, (_, index) =>
        outcome({ tenant_id: index % 3 === 0 ? 'a' : 'b', event_id: `evt-${index}` }, { tokens: BigInt(index) }),
      )
      await append(service, [...events, ...events.slice(0, 7)])
      await service.log.log.append(
        ['a', 'b'].map((tenant) => ({
          topic: service.log.topics.topic('events', tenant),
          record: { key: 'k', value: Buffer.from('no event'), headers: {}, timestamp: Date.now() },
        })),
      )
      await service.catchUp()
    }
    const rebuild = async (
      service: Service,
      options: Partial<RebuildOptions> = {},
      report: (phase: RebuildPhase) => void = () => {},
      stopped: AbortSignal = NEVER,
    ): Promise<RebuildResult> =>
      (await service.beginMaintenance()).rebuild(
        { scope: EVERYTHING, acceptDeadLetters: false, ...options },
        { stopped, report, onWait: () => {} },
      )

    const expectWhole = async (service: Service, events = 60): Promise<void> => {
      expect(await service.verify()).toEqual({ events, differences: [] })
      expect(await countRows(service)).toBe(events)
      expect(await countRows(service, 'dead_letters')).toBe(2)
    }
    const deadLetterRecords = async (service: Service): Promise<bigint> => {
      const topics = ['a', 'b'].map((tenant) => service.log.topics.topic('dead-letters', tenant))
      return (await service.log.log.offsets(topics)).reduce((sum, { next }) => sum + next, 0n)
    }

    test('builds a generation that equals the log, and switches readers to it', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const before = await service.liveGeneration()
      const letters = await deadLetterRecords(service)
      const phases = new Set<string>()
      const result = await rebuild(service, {}, ({ phase }) => phases.add(phase))
      expect(result).toMatchObject({ events: 60, differences: [], switched: true })
      expect(result.generation.id).not.toBe(before.id)
      expect((await service.liveGeneration()).id).toBe(result.generation.id)
      expect([...phases]).toEqual(['copying', 'projecting', 'verifying', 'switching'])
      await expectWhole(service)
      expect(await deadLetterRecords(service)).toBe(letters)

      await append(service, [outcome({ tenant_id: 'new' })])
      await service.catchUp()
      await expectWhole(service, 61)
    })

    test('mends tables that differ from the log', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const { store } = service.readModel
      const { eventsTable } = await service.liveGeneration()
      await store.command({
        sql: `ALTER TABLE ${store.table(eventsTable)} DELETE WHERE offset < 5 SETTINGS mutations_sync = 1`,
      })
      expect((await service.verify()).differences).not.toEqual([])
      expect(await rebuild(service)).toMatchObject({ switched: true })
      await expectWhole(service)
    })

    test('of one tenant makes its rows anew and copies the others', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const { store } = service.readModel
      const { eventsTable } = await service.liveGeneration()
      const damage = (tenant: string): Promise<void> =>
        store.command({
          sql: `ALTER TABLE ${store.table(eventsTable)} UPDATE backend = 'damaged' WHERE tenant_id = {tenant:String} SETTINGS mutations_sync = 1`,
          params: { tenant },
        })
      await damage('a')
      expect(await rebuild(service, { scope: scopeOf({ tenants: ['a'] }) })).toMatchObject({ switched: true })
      await expectWhole(service)
      expect(
        await store.query({ sql: `SELECT count() AS rows FROM ${store.table('events')} WHERE backend = 'damaged'` }),
      ).toEqual([{ rows: '0' }])
      await append(service, [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'b' })])
      await service.catchUp()
      await expectWhole(service, 62)
    })

    test.each(['events', 'dead_letters'] as const)('of %s alone copies the other projection', async (name) => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      expect(await rebuild(service, { scope: scopeOf({ projections: [name] }) })).toMatchObject({ switched: true })
      await expectWhole(service)
    })

    test('of a range of time makes a side table, and readers stay where they are', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await append(
        service,
        ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-02T12:00:00+01:00', '2026-01-03T00:00:00Z'].map(
          (occurred_at) => outcome({ tenant_id: 'a', occurred_at }),
        ),
      )
      const live = await service.liveGeneration()
      const range = { from: '2026-01-02T00:00:00Z', to: '2026-01-02T23:59:59Z' }
      const result = await rebuild(service, { scope: scopeOf({ range }) })
      expect(result).toMatchObject({ events: 2, differences: [], switched: false })
      expect((await service.liveGeneration()).id).toBe(live.id)
      const { store } = service.readModel
      expect(
        await store.query({ sql: `SELECT count() AS rows FROM ${store.table(result.generation.eventsTable)}` }),
      ).toEqual([{ rows: '2' }])
      expect((await service.generations()).statuses.get(result.generation.id)).toBe('side table')
      expect(await rebuild(service)).toMatchObject({ switched: true })
    })

    test('refuses a scope that would rebuild nothing, before it is noted', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      await expect(rebuild(service, { scope: scopeOf({ tenants: ['c'] }) })).rejects.toMatchObject({ code: 'NotFound' })
      const range = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }
      await expect(rebuild(service, { scope: scopeOf({ range }) })).rejects.toMatchObject({
        code: 'InvalidQuery',
        field: 'to',
      })
      await expect(rebuild(service, { scope: null })).rejects.toMatchObject({ code: 'NotFound' })
      expect(await service.generations()).toMatchObject({ rebuild: null, target: null })
    })

    test('that differs stays open, is not taken for another one, and is proved once more', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const { store } = service.readModel
      const { eventsTable } = await service.liveGeneration()
      const remove = (offset: string): Promise<void> =>
        store.command({
          sql: `ALTER TABLE ${store.table(eventsTable)} DELETE WHERE tenant_id = 'b' AND offset = ${offset} SETTINGS mutations_sync = 1`,
        })
      await remove('3')
      // What differs is copied.
      const result = await rebuild(service, { scope: scopeOf({ tenants: ['a'] }) })
      expect(result).toMatchObject({ switched: false })
      expect(result.differences[0]?.first).toMatchObject({ offset: '3', what: 'missing' })
      expect((await service.generations()).statuses.get(result.generation.id)).toBe('differs')
      await expect(rebuild(service)).rejects.toMatchObject({ code: 'InvalidQuery', field: 'scope' })
      expect(await rebuild(service, { scope: null })).toMatchObject({
        generation: result.generation,
        switched: false,
      })
    })

    test('rolls back to the generation before, brought up to date, and forward again', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const first = await service.liveGeneration()
      const { generation: second } = await rebuild(service)
      await append(service, [outcome({ tenant_id: 'a' })])
      await service.catchUp()
      const maintenance = await service.beginMaintenance()
      const conduct = { stopped: NEVER, report: () => {}, onWait: () => {} }
      expect(await maintenance.rollBack(conduct)).toEqual({ from: second, to: first })
      await expectWhole(service, 61)
      await append(service, [outcome({ tenant_id: 'a' })])
      expect(await maintenance.rollBack(conduct)).toEqual({ from: first, to: second })
      await service.catchUp()
      await expectWhole(service, 62)

      expect(await maintenance.prune([], conduct)).toEqual([first])
      await expect(maintenance.rollBack(conduct)).rejects.toMatchObject({ code: 'NotFound' })
      await expect(maintenance.prune([second.id], conduct)).rejects.toMatchObject({ code: 'InvalidQuery', field: 'id' })
      await expectWhole(service, 62)
    })

    test('goes back from a switch whose process died before readers were moved', async () => {
      const service = await bench.open(bench.newEnvironment(log))
      await fill(service)
      const first = await service.liveGeneration()
      const { generation: second } = await rebuild(service)
      await new OperationsLog(service.log.log, service.log.topics).append({
        type: 'GenerationSwitched',
        read_model: await readModelId(service.readModel.store),
        from: second.id,
        to: first.id,
        because: 'rollback',
      })
      const maintenance = await service.beginMaintenance()
      expect(await maintenance.rollBack({ stopped: NEVER, report: () => {}, onWait: () => {} })).toEqual({
        from: first,
        to: second,
      })
      await expectWhole(service)
    })

    test('that is slowed down stops at once', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment, { REBUILD_RECORDS_PER_SECOND: '1' })
      await fill(service)
      const stopping = new AbortController()
      let looks = 0
      const stopped = rebuild(
        service,
        {},
        ({ phase }) => {
          if (phase === 'projecting' && ++looks === 3) stopping.abort()
        },
        stopping.signal,
      )
      await expect(stopped).rejects.toMatchObject({ code: 'Interrupted' })
      await expectWhole(service)
    })

    test('that was stopped goes on where it was', async () => {
      const environment = bench.newEnvironment(log)
      const service = await bench.open(environment, { REBUILD_BATCH_BYTES: '4096', REBUILD_RECORDS_PER_SECOND: '5' })
      await fill(service)
      const stopping = new AbortController()
      const stopped = rebuild(
        service,
        {},
        ({ progress }) => {
          if (progress !== null && progress.done > 0) stopping.abort()
        },
        stopping.signal,
      )
      await expect(stopped).rejects.toMatchObject({ code: 'Interrupted' })
      const open = (await service.generations()).rebuild
      expect(open).toMatchObject({ isSeeded: true, isPaused: false })
      await expectWhole(service)
      await bench.close(service)

      const next = await bench.open(environment)
      const result = await rebuild(next)
      expect(result).toMatchObject({ generation: generation(open?.generation ?? ''), switched: true })
      await expectWhole(next)
    })
  })
}
