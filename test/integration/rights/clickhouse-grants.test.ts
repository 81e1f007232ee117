import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { offset, type Position } from '../../../base/position.ts'
import type { CommittedOffset } from '../../../log/group-consumer.ts'
import { partitionOfKey } from '../../../log/partitioner.ts'
import { currentForm, type ProjectionForm } from '../../../projections/forms/form.ts'
import { migrate } from '../../../projections/forms/migrations.ts'
import {
  GRANTED_ROLES,
  grantStatement,
  roleGrants,
  type Grant,
  type GrantedRole,
} from '../../../projections/role-grants.ts'
import { queryEvents } from '../../../queries/events.ts'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import type { Conduct } from '../../../service/wiring/maintenance.ts'
import { Service } from '../../../service/wiring/service.ts'
import { writeGrants } from '../../../stack/clickhouse/grants.ts'
import { startClickHouse, type ClickHouseFixture } from '../../contract/clickhouse-server/clickhouse-server-fixture.ts'
import { ServiceBench } from '../service-bench.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { outcome } from '../test-events.ts'

const ALL = ['GRANT ALL ON *.*']
const EVERYTHING = { tenants: null, projections: null, range: null }
const EVENTS = 300

/** A release with one more column, which it can compute. */
const { chain_id: chainId } = currentForm.eventColumns
const nextForm: ProjectionForm = {
  ...currentForm,
  eventColumns: { ...currentForm.eventColumns, chain_copy: { ...chainId, fallback: 'chain_id' } },
} as ProjectionForm

describe('ClickHouse grants by role, with the engine that asks for them', () => {
  const bench = new ServiceBench()
  let clickhouse: ClickHouseFixture

  beforeAll(async () => {
    clickhouse = await startClickHouse({ user: 'default', password: '', grants: ALL })
  })
  afterAll(() => clickhouse.stop())

  const grant = async (grants: readonly string[]): Promise<void> => {
    await clickhouse.server.kill()
    await writeGrants(clickhouse.directory, grants)
    await clickhouse.server.restart()
  }

  const newEnvironment = (): Environment => ({
    ...bench.newEnvironment(lmdb),
    CLICKHOUSE_URL: clickhouse.url,
    TOPIC_PARTITIONS: '2',
  })

  /** Does work with a service, until it is done or a range cannot be projected for want of a grant. */
  const withService = async (
    environment: Environment,
    use: (service: Service, conduct: Conduct) => Promise<void>,
  ): Promise<void> => {
    const stopping = new AbortController()
    let fail: (error: unknown) => void = () => {}
    const failure = new Promise<never>((_, reject) => (fail = reject))
    const service = await Service.open(settingsOf(environment), {
      notProjected: (error) => {
        fail(error)
        stopping.abort()
      },
    })
    const using = use(service, { stopped: stopping.signal, report: () => {}, onWait: () => {} })
    using.catch(() => {})
    try {
      await Promise.race([using, failure])
    } finally {
      stopping.abort()
      await service.close()
    }
  }

  /** More events than are looked up by a list of numbers. Answers with where the first of them is. */
  const appendEvents = async (service: Service): Promise<Position> => {
    const producer = await service.openProducer()
    const at = await producer.appendMany(
      Array.from({ length: EVENTS }, () => outcome({ tenant_id: 'acme' })),
      {},
    )
    await producer.close()
    return at[0]!
  }

  /**
   * Appends copies of some to the other partition. Answers with what a projector has committed there that died before it knew whether they
   * are inserted: whoever goes on inserts one of them, and deletes it as a later copy.
   */
  const appendCopies = async (
    service: Service,
    { topic, partition, offset: from }: Position,
  ): Promise<CommittedOffset> => {
    const { log } = service.log
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    const key = keys.find((each) => partitionOfKey(each, 2) !== partition)!
    const copies: Position[] = []
    for await (const { records } of log.read([{ topic, partition, from, to: offset(from + 5n) }])) {
      const requests = records.map(({ value, headers, timestamp }) => ({
        topic,
        record: { key, value, headers, timestamp },
      }))
      copies.push(...(await log.append(requests)))
    }
    return { ...copies[0]!, metadata: `batch:${copies.at(-1)!.offset + 1n}:copies` }
  }

  const project = async (service: Service): Promise<void> => {
    const projecting = service.project()
    await Promise.race([service.catchUp(), projecting])
    await service.stopProjecting()
    await projecting
  }

  const work: Readonly<Record<GrantedRole, (environment: Environment) => Promise<void>>> = {
    project: (environment) =>
      withService(environment, async (service) => {
        const first = await appendEvents(service)
        await project(service)
        await service.log.log.startGroup(service.group, [await appendCopies(service, first)])
        await project(service)
        await migrate(service.readModel.store, nextForm)
        expect(await service.verify()).toMatchObject({ differences: [] })
      }),
    ask: (environment) =>
      withService(environment, async (service) => {
        expect(await queryEvents(service.queries, EventQuery.parse({ kinds: [] }))).toHaveLength(EVENTS)
        expect(await service.verify()).toMatchObject({ differences: [] })
      }),
    operate: (environment) =>
      withService(environment, async (service, conduct) => {
        const maintenance = await service.beginMaintenance()
        const rebuilt = await maintenance.rebuild({ scope: EVERYTHING, acceptDeadLetters: false }, conduct)
        expect(rebuilt).toMatchObject({ switched: true })
        await migrate(service.readModel.store, nextForm)
        await maintenance.rollBack(conduct)
        await maintenance.prune([], conduct)
        await maintenance.deleteTenant('acme', conduct)
      }),
  }

  const furnished = async (): Promise<Environment> => {
    await grant(ALL)
    const environment = newEnvironment()
    await withService(environment, async (service) => {
      await appendCopies(service, await appendEvents(service))
      await project(service)
    })
    return environment
  }

  const begin = (role: GrantedRole): Promise<Environment> =>
    role === 'project' ? Promise.resolve(newEnvironment()) : furnished()

  const only = (grants: readonly Grant[], environment: Environment): Promise<void> =>
    grant(grants.length === 0 ? [] : [grantStatement(grants, environment['CLICKHOUSE_DATABASE']!)])

  test.each(GRANTED_ROLES)('%s needs what its table says', async (role) => {
    const environment = await begin(role)
    await only(roleGrants[role], environment)
    await work[role](environment)
  })

  test.each(GRANTED_ROLES)('%s is told by ClickHouse which grant it lacks, and where that stands', async (role) => {
    for (const left of roleGrants[role]) {
      const environment = await begin(role)
      await only(
        roleGrants[role].filter((each) => each !== left),
        environment,
      )
      const told = await work[role](environment).then(
        () => null,
        (error: Error) => error.message,
      )
      // To who may see nothing of a database there is none; and some privileges include others.
      const names: Readonly<Record<string, string>> = {
        SELECT: '(SELECT|CREATE DATABASE)',
        'DROP TABLE': 'DROP (TABLE|VIEW)',
      }
      const named = names[left.privilege] ?? left.privilege
      const expected = new RegExp(`ACCESS_DENIED.*${named}.*\\(docs/rights\\.md, ClickHouse\\)`)
      expect({ left, told }).toMatchObject({ told: expect.stringMatching(expected) as string })
    }
  })
})
