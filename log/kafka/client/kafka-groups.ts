import { ExperienceError } from '../../../base/experience-error.ts'
import type { CommittedOffset } from '../../group-consumer.ts'
import type { RightOperation } from '../../rights/right.ts'
import { within } from '../../../base/waiting.ts'
import { withTopicId } from '../consume/commit-of-topic.ts'
import type { KafkaBroker } from './kafka-broker.ts'
import type { KafkaCluster } from './kafka-cluster.ts'
import { groupByTopic } from './partition-groups.ts'
import { isRefused, kafkaErrorType } from './kafka-failure.ts'
import { errorOfCode } from './lenient-broker.ts'
import { retryFor } from './retry-for.ts'
import { groupRight, needing, refusalOf, topicRight } from './right-missing.ts'

/** A group finds another coordinator within seconds. */
const GIVE_UP_MS = 10_000
const REQUEST_MS = 5000
/** A commit by nobody: what tools use to set the offsets of a group. */
const NO_MEMBER = { memberId: '', groupGenerationId: -1 }

/** What can be asked of consumer groups from outside. */
export class KafkaGroups {
  readonly #cluster: KafkaCluster

  constructor(cluster: KafkaCluster) {
    this.#cluster = cluster
  }

  /** How many members the group has; 0 where it does not exist. */
  async members(group: string): Promise<number> {
    const { groups } = await this.#ask(group, 'Describe', (coordinator) =>
      coordinator.describeGroups({ groupIds: [group] }),
    )
    return groups[0]?.members.length ?? 0
  }

  /** Commits offsets of partitions that exist. Error: `StorageError` when the group has members. */
  async start(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    const names = [...new Set(offsets.map(({ topic }) => topic))]
    await this.#ask(group, 'Read', async (coordinator) => {
      // Looked at anew each time: Kafka refuses all of them for one of a topic that was deleted meanwhile.
      const { topics, ids } = await this.#cluster.look(names)
      const there = offsets.filter(({ topic, partition }) =>
        topics.get(topic)?.some((each) => each.partition === partition),
      )
      // Kafka takes a commit of nothing whatever the group's state.
      if (there.length === 0) {
        if ((await this.members(group)) > 0) throw hasMembers(group)
        return
      }
      const entry = ({ topic, partition, offset, metadata }: CommittedOffset) => ({
        partition,
        offset: offset.toString(),
        metadata: withTopicId(metadata, ids.get(topic)),
      })
      await needing(topicRight('Read', there[0]!.topic), () =>
        coordinator.offsetCommit({ ...NO_MEMBER, groupId: group, topics: groupByTopic(there, entry) }),
      )
    })
  }

  /** Forgets the group; one that does not exist need not be. Error: `StorageError` when it has members. */
  async delete(group: string): Promise<void> {
    await this.#ask(group, 'Delete', async (coordinator) => {
      const { results } = await coordinator.deleteGroups([group])
      const error = errorOfCode(results[0]?.errorCode ?? 0)
      if (error !== undefined && kafkaErrorType(error) !== 'GROUP_ID_NOT_FOUND') throw error
    })
  }

  /** Asks the group's coordinator for what takes a right, and again while there is none. */
  #ask<Answer>(
    group: string,
    operation: RightOperation,
    request: (coordinator: KafkaBroker) => Promise<Answer>,
  ): Promise<Answer> {
    return retryFor(GIVE_UP_MS, async () => {
      try {
        const coordinator = await this.#cluster.coordinator(group)
        return await within(REQUEST_MS, request(coordinator))
      } catch (error) {
        if (isRefused(error, 'hasMembers')) throw hasMembers(group, error)
        throw refusalOf(error, groupRight(operation, group))
      }
    })
  }
}

function hasMembers(group: string, cause?: unknown): ExperienceError {
  return new ExperienceError('StorageError', `consumer group ${group} has members. Stop them first`, { cause })
}
