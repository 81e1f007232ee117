import { describe, expect, test } from 'vitest'
import type { CommittedOffset } from '../../../log/group-consumer.ts'
import type { InsertBlock } from '../../../projections/read-model-store.ts'
import type { Service } from '../../../service/wiring/service.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { framed, logRecord, presentSchema, uncheckedBody } from '../dead-letters/bad-records.ts'
import { interceptInserts } from '../intercepted-parts.ts'
import { countRows, ServiceBench } from '../service-bench.ts'
import { kafka, lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { ReleaseBefore } from './release-before.ts'

/** Of each topic: what was done, what was under way, and what waits. One record of each of the first two is no event. */
const [DONE, UNDER_WAY, ALL] = [3, 6, 9]
const BAD = [1, 4]

/** Where a projector of the release before died: what it left in the group, and what of its inserts still arrives. */
interface Left {
  readonly committed: CommittedOffset
  readonly late: readonly InsertBlock[]
}

interface Step {
  /** Whether it was while its tokens had been taken without their rows (docs/decisions/0008). */
  readonly tokensAreTaken?: true
  /** Inserts what has arrived of the range under way, and answers with what has not. */
  readonly leave: (before: ReleaseBefore, insert: (block: InsertBlock) => Promise<void>) => Promise<Left>
}

/** Each taken token makes whoever takes over wait for a second. */
function tenantsOf({ tokensAreTaken }: Step): number {
  return tokensAreTaken ? 1 : 2
}

const STEPS: Readonly<Record<string, Step>> = {
  'behind its first range': {
    leave: async (before) => ({ committed: before.done(DONE), late: [] }),
  },
  'behind its second range': {
    leave: async (before, insert) => {
      for (const block of await before.inserts(DONE, UNDER_WAY)) await insert(block)
      return { committed: before.done(UNDER_WAY), late: [] }
    },
  },
  'behind the intent': {
    leave: async (before) => ({ committed: before.intent(DONE, UNDER_WAY), late: [] }),
  },
  'with its inserts on their way': {
    leave: async (before) => ({
      committed: before.intent(DONE, UNDER_WAY),
      late: await before.inserts(DONE, UNDER_WAY),
    }),
  },
  'with the dead letters there, and the events on their way': {
    leave: async (before, insert) => {
      const [deadLetters, ...events] = await before.inserts(DONE, UNDER_WAY)
      await insert(deadLetters!)
      return { committed: before.intent(DONE, UNDER_WAY), late: events }
    },
  },
  'behind its inserts, which were sent twice': {
    leave: async (before, insert) => {
      const blocks = await before.inserts(DONE, UNDER_WAY)
      for (const block of blocks) await insert(block)
      return { committed: before.intent(DONE, UNDER_WAY), late: blocks }
    },
  },
  'with its inserts on their way, whose tokens are taken': {
    tokensAreTaken: true,
    leave: async (before) => ({
      committed: before.intent(DONE, UNDER_WAY),
      late: await before.inserts(DONE, UNDER_WAY),
    }),
  },
  'with its inserts on their way under the next tokens of the series': {
    tokensAreTaken: true,
    leave: async (before) => ({
      committed: before.intent(DONE, UNDER_WAY),
      late: await before.inserts(DONE, UNDER_WAY, 1),
    }),
  },
}

/** When the late inserts arrive, told by this release's own inserts. */
const MOMENTS = ['before its first insert', 'behind its first insert', 'when all is projected'] as const

for (const log of [lmdb, kafka()]) {
  describe.skipIf(log.skipped !== undefined)(`taken over from the release before, on ${log.name}`, () => {
    const bench = new ServiceBench()

    const appendTo = async (service: Service, topic: string, tenant: string): Promise<void> => {
      const schemaId = await presentSchema(service.log)
      const values = Array.from({ length: ALL }, (_, index) =>
        BAD.includes(index) ? Buffer.from('no event') : framed(schemaId, uncheckedBody(outcome({ tenant_id: tenant }))),
      )
      await service.log.log.append(values.map((value) => ({ topic, record: logRecord(value) })))
    }

    /** A topic of which the release before has projected the beginning, and more up to a step. */
    const leaveAt = async (service: Service, tenant: string, { tokensAreTaken, leave }: Step): Promise<Left> => {
      const { store } = service.readModel
      const topic = service.log.topics.topic('events', tenant)
      await appendTo(service, topic, tenant)
      const before = new ReleaseBefore(service, topic)
      const ownTokens = new Map((await before.inserts(DONE, UNDER_WAY)).map((block) => [block.table, block]))
      for (const block of await before.inserts(0, DONE)) {
        // The first range's rows take the tokens of the second.
        await store.insert(
          tokensAreTaken ? { ...block, deduplicationToken: ownTokens.get(block.table)!.deduplicationToken } : block,
        )
      }
      return leave(before, (block) => store.insert(block))
    }

    test.each(MOMENTS)('nothing is lost or doubled; its late inserts arrive %s', async (moment) => {
      const service = await bench.open(bench.newEnvironment(log))
      const { store } = service.readModel
      const left = await Promise.all(
        Object.values(STEPS).flatMap((step, number) =>
          Array.from({ length: tenantsOf(step) }, (_, n) => leaveAt(service, `tenant-${number}-${n}`, step)),
        ),
      )
      const late = left.flatMap((each) => each.late)
      await service.log.log.startGroup(
        service.group,
        left.map(({ committed }) => committed),
      )

      const arrive = async (): Promise<void> => {
        for (const insert of late.splice(0)) await store.insert(insert)
      }
      const projector = bench.startProjector(service, {
        store: interceptInserts(store, async (_, insert) => {
          if (moment === 'before its first insert') await arrive()
          await insert()
          if (moment === 'behind its first insert') await arrive()
        }),
      })
      const topics = await service.log.log.topics(service.log.topics.topicPrefix('events'))
      await until(async () => {
        const ends = await service.log.log.committed(service.group, topics)
        return ends.filter(({ offset, metadata }) => offset === BigInt(ALL) && metadata === '').length === topics.length
      })
      await projector.stop()
      await arrive()
      expect(projector.failures).toEqual([])
      const tenants = left.length
      const events = tenants * (ALL - BAD.length)
      expect(await service.verify()).toEqual({ events, differences: [] })
      expect([await countRows(service), await countRows(service, 'dead_letters')]).toEqual([
        events,
        tenants * BAD.length,
      ])
    })
  })
}
