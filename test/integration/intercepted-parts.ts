import { ExperienceError } from '../../base/experience-error.ts'
import type { Offset } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { GroupConsumer, PartitionClaim } from '../../log/group-consumer.ts'
import type { InsertBlock, ReadModelStore } from '../../projections/read-model-store.ts'
import { gate } from '../contract/group-consumer/group-consumer-fixture.ts'

type CommitAnswer = Awaited<ReturnType<PartitionClaim['commit']>>

/** A real store, of which a test sees the inserts before and after they happen, and may let them fail. */
export function interceptInserts(
  store: ReadModelStore,
  intercept: (block: InsertBlock, insert: () => Promise<void>) => Promise<void>,
): ReadModelStore {
  return {
    database: store.database,
    table: store.table.bind(store),
    command: (statement) => store.command(statement),
    query: (statement) => store.query(statement),
    answerForeign: (question) => store.answerForeign(question),
    insert: (block) => intercept(block, () => store.insert(block)),
    close: () => store.close(),
  }
}

/** Inserts that a store took and did not answer, and that arrive when the test lets them. */
export interface LateInserts {
  readonly store: ReadModelStore
  /** Resolves when the first of them is under way. */
  readonly underWay: Promise<void>
  /** Lets them arrive; tells how many. */
  arrive(): Promise<number>
}

/** A real store whose inserts fail as if ClickHouse had not answered in time. */
export function lateInserts(store: ReadModelStore): LateInserts {
  const late: (() => Promise<void>)[] = []
  const failed = gate()
  return {
    store: interceptInserts(store, async (block) => {
      // Its memory is used again.
      const native = block.native.map((piece) => Buffer.from(piece))
      late.push(() => store.insert({ ...block, native }))
      failed.open()
      throw new ExperienceError('Unavailable', 'ClickHouse did not answer in time')
    }),
    underWay: failed.opened,
    arrive: async () => {
      for (const insert of late) await insert()
      return late.length
    },
  }
}

/** A real log, of whose consumers a test sees the commits before and after they happen, and may let them fail. */
export function interceptCommits(
  log: EventLog,
  intercept: (next: Offset, metadata: string, commit: () => Promise<CommitAnswer>) => Promise<CommitAnswer>,
): EventLog {
  return {
    describe: () => log.describe(),
    identity: () => log.identity(),
    append: (requests, options) => log.append(requests, options),
    maxRecordBytes: (topic) => log.maxRecordBytes(topic),
    topics: (prefix) => log.topics(prefix),
    describeTopics: (topics) => log.describeTopics(topics),
    deleteTopics: (topics) => log.deleteTopics(topics),
    offsets: (topics) => log.offsets(topics),
    offsetsAt: (topics, timestamp) => log.offsetsAt(topics, timestamp),
    follow: (options) => log.follow(options),
    read: (ranges) => log.read(ranges),
    committed: (group, topics) => log.committed(group, topics),
    groupMembers: (group) => log.groupMembers(group),
    startGroup: (group, offsets) => log.startGroup(group, offsets),
    deleteGroup: (group) => log.deleteGroup(group),
    consumer: (group, options) => interceptedConsumer(log.consumer(group, options), intercept),
    missingRights: (needed) => log.missingRights(needed),
    close: () => log.close(),
  }
}

function interceptedConsumer(
  consumer: GroupConsumer,
  intercept: Parameters<typeof interceptCommits>[1],
): GroupConsumer {
  // A projector knows a claim by its identity.
  const claims = new WeakMap<PartitionClaim, PartitionClaim>()
  const intercepted = (claim: PartitionClaim): PartitionClaim => {
    const known = claims.get(claim)
    if (known !== undefined) return known
    const { topic, partition, committed, topicPartitions } = claim
    const commit: PartitionClaim['commit'] = (next, metadata) =>
      intercept(next, metadata, () => claim.commit(next, metadata))
    const made = { topic, partition, committed, topicPartitions, commit }
    claims.set(claim, made)
    return made
  }
  return {
    run: (handler) =>
      consumer.run((batches) => handler(batches.map(({ batch, claim }) => ({ batch, claim: intercepted(claim) })))),
    stop: () => consumer.stop(),
  }
}
