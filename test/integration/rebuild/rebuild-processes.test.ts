import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eachBatch } from '../../../log/each-batch.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { generation } from '../../../projections/generations/generation.ts'
import { readModelId } from '../../../projections/generations/generations.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { startClickHouse, type ClickHouseFixture } from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { jsonLines, killRunningCommands, runCommand, RunningCommand } from '../run-command.ts'
import { append, countRows, ServiceBench } from '../service-bench.ts'
import { kafka } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const EVENTS = 2000
const log = kafka()

describe.skipIf(log.skipped !== undefined)('rebuild beside projectors, on Kafka and one ClickHouse', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture
  let environment: Record<string, string>
  let service: Service

  beforeEach(async () => {
    clickhouse = await startClickHouse()
    environment = {
      ...bench.newEnvironment(log),
      CLICKHOUSE_URL: clickhouse.url,
      READ_WAIT_MS: '60000',
      KAFKA_SESSION_TIMEOUT_MS: '3000',
    }
    service = await bench.open(environment)
    await append(service, [...simulateFleet({ seed: 7, events: EVENTS })])
  })
  afterEach(async () => {
    killRunningCommands()
    await clickhouse.stop()
  })

  const start = async (...args: string[]): Promise<RunningCommand> => new RunningCommand(args, { environment })
  const startProjector = async (): Promise<RunningCommand> => {
    const projecting = await start('project')
    await projecting.says('projecting into database')
    return projecting
  }
  /** A rebuild so slow that a test can do things to it, once it has begun to project. */
  const startSlowRebuild = async (recordsPerSecond: number): Promise<RunningCommand> => {
    const rebuilding = new RunningCommand(['rebuild'], {
      environment: {
        ...environment,
        REBUILD_BATCH_BYTES: '2048',
        REBUILD_RECORDS_PER_SECOND: String(recordsPerSecond),
      },
    })
    await until(async () => {
      const { rebuild } = await service.generations()
      return rebuild !== null && rebuild.isSeeded && (await countRowsOf(rebuild.generation)) > 0
    })
    return rebuilding
  }
  const countRowsOf = async (id: string): Promise<number> => {
    const { store } = service.readModel
    const sql = `SELECT count() AS rows FROM ${store.table(generation(id).eventsTable)}`
    return Number((await store.query<{ rows: string }>({ sql }))[0]?.rows)
  }
  const status = async (): Promise<Record<string, unknown>> =>
    jsonLines((await runCommand(['rebuild', 'status'], { environment })).stdout)[0] ?? {}

  test('readers that ask all the time see no error, and no event vanish, and what is appended arrives', async () => {
    const projectors = await Promise.all([startProjector(), startProjector()])
    await service.catchUp()
    const loop = { isOver: false }
    const appending = (async () => {
      for (let n = 0; !loop.isOver; n++) {
        await append(service, [outcome({ tenant_id: `tenant-${n % 3}` })])
        await service.catchUp()
      }
    })()
    const counts: number[] = []
    const asking = (async () => {
      while (!loop.isOver) counts.push(await countRows(service))
    })()
    const first = await service.liveGeneration()
    const rebuilt = await runCommand(['rebuild'], { environment })
    expect(rebuilt.stderr).not.toContain('Unavailable')
    expect(rebuilt).toMatchObject({ exitCode: 0 })
    const result = jsonLines(rebuilt.stdout).at(-1)
    expect(result).toMatchObject({ differences: 0, switched: true })
    const rolledBack = await runCommand(['rollback'], { environment })
    expect(jsonLines(rolledBack.stdout)).toEqual([
      { generation: first.id, from: result?.['generation'], switched: true },
    ])
    loop.isOver = true
    await Promise.all([appending, asking])

    expect(counts.length).toBeGreaterThan(20)
    expect(counts).toEqual(counts.toSorted((left, right) => left - right))
    expect((await service.verify()).differences).toEqual([])
    for (const projector of projectors) {
      projector.signal('SIGTERM')
      expect(await projector.ended).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining(`projecting into generation ${String(result?.['generation'])}`) as string,
      })
    }
  })

  test('goes on after kill -9, and a second one is refused while it runs', async () => {
    await startProjector()
    await service.catchUp()
    const killed = await startSlowRebuild(40)
    const second = await runCommand(['rebuild'], { environment })
    expect(second).toMatchObject({ exitCode: 3, stdout: '' })
    expect(second.stderr).toMatch(/Unavailable: another process rebuilds/)
    const open = (await service.generations()).rebuild
    expect(await status()).toMatchObject({ status: 'running', generation: open?.generation })

    killed.signal('SIGKILL')
    await killed.ended
    const other = await runCommand(['rebuild', '--tenant', 'nordbank'], { environment })
    expect(other).toMatchObject({ exitCode: 2 })
    expect(other.stderr).toMatch(/InvalidQuery: a rebuild with another scope is open/)
    const resumed = await runCommand(['rebuild', 'resume'], { environment })
    expect(jsonLines(resumed.stdout)).toEqual([
      {
        generation: open?.generation,
        events: EVENTS,
        seconds: expect.any(Number) as number,
        differences: 0,
        switched: true,
      },
    ])
    expect(await service.verify()).toEqual({ events: EVENTS, differences: [] })
    expect(await status()).toEqual({ status: 'none' })
  })

  test('rests when paused, goes on when resumed, and leaves nothing when abandoned', async () => {
    await startProjector()
    await service.catchUp()
    const rebuilding = await startSlowRebuild(40)
    const { rebuild: open } = await service.generations()
    const id = open?.generation ?? ''
    expect(await runCommand(['rebuild', 'pause'], { environment })).toMatchObject({ exitCode: 0 })
    await rebuilding.says('"phase":"paused"')
    const paused = await countRowsOf(id)
    expect(await status()).toMatchObject({ status: 'paused', generation: id })
    // The status took longer than ten of its batches.
    expect(await countRowsOf(id)).toBe(paused)

    expect(await runCommand(['rebuild', 'resume'], { environment })).toMatchObject({ exitCode: 0 })
    await until(async () => (await countRowsOf(id)) > paused)
    expect(await runCommand(['rebuild', 'abandon'], { environment })).toMatchObject({ exitCode: 0 })
    expect(await rebuilding.ended).toMatchObject({ exitCode: 130, stdout: '' })
    const listed = jsonLines((await runCommand(['generations', 'list'], { environment })).stdout)
    expect(listed).toMatchObject([{ status: 'live' }])
    expect(await runCommand(['rebuild', 'abandon'], { environment })).toMatchObject({ exitCode: 1 })
    expect(await service.verify()).toEqual({ events: EVENTS, differences: [] })
  })

  test('does not switch where the proof fails, and says why', async () => {
    await startProjector()
    await service.catchUp()
    const live = await service.liveGeneration()
    const rebuilding = await startSlowRebuild(400)
    const { rebuild: open } = await service.generations()
    const building = generation(open?.generation ?? '')
    const { store } = service.readModel
    await store.command({
      sql: `ALTER TABLE ${store.table(building.eventsTable)} DELETE WHERE 1 SETTINGS mutations_sync = 1`,
    })
    const ended = await rebuilding.ended
    expect(ended).toMatchObject({ exitCode: 1 })
    expect(jsonLines(ended.stdout)).toMatchObject([{ generation: building.id, switched: false }])
    expect(ended.stderr).toContain('"what":"missing"')
    expect(await service.liveGeneration()).toEqual(live)
    expect(await status()).toMatchObject({ status: 'stopped', generation: building.id })
    expect(await runCommand(['rebuild', 'abandon'], { environment })).toMatchObject({ exitCode: 0 })
    expect(jsonLines((await runCommand(['generations', 'list'], { environment })).stdout)).toHaveLength(1)
  })

  test('stops while it waits for projectors that do not follow, and the next one completes the switch', async () => {
    const projecting = await startProjector()
    await service.catchUp()
    projecting.signal('SIGTERM')
    await projecting.ended
    const from = await service.liveGeneration()
    const { topics } = service.log
    // Stands for a projector of a release that knows of no generations.
    const stays = service.log.log.consumer(service.group, {
      topicPrefix: topics.topicPrefix('events'),
      discoveryMs: 1000,
      lingerMs: 0,
      batchBytes: 1,
    })
    const staying = stays.run(eachBatch(async () => {}))
    await until(async () => (await service.log.log.groupMembers(service.group)) > 0)
    const rebuilding = await start('rebuild')
    await until(async () => (await service.generations()).target !== null)
    rebuilding.signal('SIGINT')
    const ended = await rebuilding.ended
    expect(ended).toMatchObject({ exitCode: 130 })
    expect(ended.stderr).toContain('the switch is decided')
    expect(await service.liveGeneration()).toEqual(from)
    const { target } = await service.generations()
    await stays.stop()
    await staying
    await startProjector()
    await until(async () => (await service.liveGeneration()).id === target)
    expect(await service.verify()).toEqual({ events: EVENTS, differences: [] })
  })

  test('a switch whose process died is completed by the projectors', async () => {
    await startProjector()
    await service.catchUp()
    const from = await service.liveGeneration()
    const rebuilt = await runCommand(['rebuild'], { environment })
    const to = String(jsonLines(rebuilt.stdout)[0]?.['generation'])
    // As a roll-back does that is killed once it has decided.
    const { rebuild: _, ...before } = await service.generations()
    expect(before).toMatchObject({ target: to, previous: from.id })
    await new OperationsLog(service.log.log, service.log.topics).append({
      type: 'GenerationSwitched',
      read_model: await readModelId(service.readModel.store),
      from: to,
      to: from.id,
      because: 'rollback',
    })
    await until(async () => (await service.liveGeneration()).id === from.id)
    await append(service, [outcome({ tenant_id: 'a' })])
    expect(await service.verify()).toEqual({ events: EVENTS + 1, differences: [] })
  })
})

describe('rebuild of an embedded read model', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  beforeEach(async () => {
    directory = await temporaryDirectory()
  })
  afterEach(async () => {
    killRunningCommands()
    await directory.remove()
  })

  test('is steered from other processes, and goes on after kill -9', async () => {
    const environment = { EXPERIENCE_LOG_DATA: directory.path }
    const run = (...args: string[]) => runCommand(args, { environment })
    expect(await run('demo', '--events', '3000')).toMatchObject({ exitCode: 0 })
    const summary = (await run('summary')).stdout
    const slow = { ...environment, REBUILD_BATCH_BYTES: '2048', REBUILD_RECORDS_PER_SECOND: '200' }
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const rebuilding = new RunningCommand(['rebuild'], { environment: slow })
      await rebuilding.says('"phase":"projecting"')
      const [status] = jsonLines((await run('rebuild', 'status')).stdout)
      expect(status).toMatchObject({ status: 'running' })
      rebuilding.signal(signal)
      expect((await rebuilding.ended).exitCode).not.toBe(0)
      expect(jsonLines((await run('rebuild', 'status')).stdout)).toMatchObject([
        { status: 'stopped', generation: status?.['generation'] },
      ])
    }
    expect(await run('rebuild', 'pause')).toMatchObject({ exitCode: 0 })
    const resumed = await run('rebuild', 'resume')
    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(jsonLines(resumed.stdout).at(-1)).toMatchObject({ differences: 0, switched: true })
    expect((await run('summary')).stdout).toBe(summary)
    expect(await run('verify')).toMatchObject({ exitCode: 0 })
  })

  test('resume and abandon answer at once where a living process heeds them', async () => {
    const environment = { EXPERIENCE_LOG_DATA: directory.path }
    const run = (...args: string[]) => runCommand(args, { environment })
    expect(await run('demo', '--events', '3000')).toMatchObject({ exitCode: 0 })
    const slow = { ...environment, REBUILD_BATCH_BYTES: '2048', REBUILD_RECORDS_PER_SECOND: '200' }
    const rebuilding = new RunningCommand(['rebuild'], { environment: slow })
    await rebuilding.says('"phase":"projecting"')
    expect(await run('rebuild', 'pause')).toMatchObject({ exitCode: 0 })
    await rebuilding.says('"phase":"paused"')
    expect(jsonLines((await run('rebuild', 'status')).stdout)).toMatchObject([{ status: 'paused' }])
    const resumed = await run('rebuild', 'resume')
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(jsonLines(resumed.stdout)).toMatchObject([{ paused: false }])
    expect(await run('rebuild', 'abandon')).toMatchObject({ exitCode: 0, stderr: '' })
    expect((await rebuilding.ended).exitCode).toBe(130)
    expect(jsonLines((await run('generations', 'list')).stdout)).toMatchObject([{ status: 'live' }])
  })

  test('goes on where a process of another host was killed, as containers are', async () => {
    const environment = { EXPERIENCE_LOG_DATA: directory.path }
    const run = (...args: string[]) => runCommand(args, { environment })
    expect(await run('demo', '--events', '100')).toMatchObject({ exitCode: 0 })
    const tables = await openLmdb(join(directory.path, 'log'))
    await tables.transaction(() => {
      const owner = { epoch: 1, owner: 'a member', host: 'another', pid: 1, renewedAt: Date.now() }
      tables.groups.putSync('experience.maintenance', owner)
    })
    await tables.close()
    expect(await run('rebuild')).toMatchObject({ exitCode: 0 })
  })

  test('refuses a projection that there is not', async () => {
    const environment = { EXPERIENCE_LOG_DATA: directory.path }
    const run = (...args: string[]) => runCommand(args, { environment })
    expect(await run('rebuild', '--projection', 'outcomes')).toMatchObject({ exitCode: 2 })
    expect(jsonLines((await run('rebuild', 'status')).stdout)).toEqual([{ status: 'none' }])
  })
})
