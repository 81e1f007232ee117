import { within } from '../../../base/waiting.ts'
import { includesDescribe, type Right, type RightOperation } from '../../rights/right.ts'
import { allowedOnGroup } from './describe-group-rights.ts'
import type { KafkaCluster } from './kafka-cluster.ts'
import { RightMissing } from './kafka-failure.ts'
import type { KafkaTopics } from './kafka-topics.ts'
import { lookAtTopics, type TopicsSeen } from './look-at-topics.ts'
import { needing } from './right-missing.ts'

/** How Kafka numbers operations (org.apache.kafka.common.acl.AclOperation). */
const NUMBERS: Readonly<Record<RightOperation, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Describe: 8,
  DescribeConfigs: 10,
}
const REQUEST_MS = 5000

/**
 * Those of the rights that this client lacks, as far as the brokers tell. A right to all names that start with a prefix is there
 * where it is for the topics that exist; and where there are none, or of groups, for the prefix as a name.
 */
export async function missingRights(
  { cluster, topics }: { readonly cluster: KafkaCluster; readonly topics: KafkaTopics },
  needed: readonly Right[],
): Promise<Right[]> {
  const ofTopics = needed.filter(({ resource }) => resource === 'topic')
  const { topics: existing } = await cluster.look()
  const namesOf = ({ name, isPrefix }: Right): string[] => {
    const found = [...existing.keys()].filter((topic) => (isPrefix ? topic.startsWith(name) : topic === name))
    return found.length > 0 ? found : [name]
  }
  const names = [...new Set(ofTopics.flatMap(namesOf))]
  const seen = await within(
    REQUEST_MS,
    cluster.anyBroker().then((broker) => lookAtTopics(broker, { names, withAllowed: true })),
  )
  const isMissing = async (right: Right): Promise<boolean> => {
    switch (right.resource) {
      case 'topic':
        if (right.operation !== 'Create') return namesOf(right).some((name) => !mayWith(seen, name, right.operation))
        // A topic that is there need not be created.
        return (right.isPrefix || !existing.has(right.name)) && isRefused(right, () => topics.tryCreate(right.name))
      case 'group':
        return isRefused(right, () => checkGroup(cluster, right))
      case 'transactional id':
        // No request tells without beginning a transaction.
        return false
    }
  }
  const missing = await Promise.all(needed.map(isMissing))
  return needed.filter((_, index) => missing[index])
}

function mayWith({ refused, allowed }: TopicsSeen, name: string, operation: RightOperation): boolean {
  // Who may not see a topic has none of those that include seeing it; of the others Kafka then tells nothing.
  if (refused.has(name)) return !includesDescribe(operation)
  const operations = allowed.get(name)
  return operations === undefined || isAmong(operations, operation)
}

async function checkGroup(cluster: KafkaCluster, right: Right): Promise<void> {
  const allowed = await within(
    REQUEST_MS,
    cluster.coordinator(right.name).then((each) => allowedOnGroup(each, right.name)),
  )
  if (allowed !== null && !isAmong(allowed, right.operation)) throw new RightMissing(right)
}

/** Whether Kafka refuses a request for want of a right. Whatever else it says of it, it does not tell. */
async function isRefused(right: Right, ask: () => Promise<void>): Promise<boolean> {
  try {
    await needing(right, ask)
    return false
  } catch (error) {
    return error instanceof RightMissing
  }
}

function isAmong(operations: number, operation: RightOperation): boolean {
  return ((operations >> NUMBERS[operation]) & 1) === 1
}
