import type { Right, RightOperation, RightResource } from '../../rights/right.ts'
import { kafkaErrorType, RightMissing } from './kafka-failure.ts'

const REFUSALS: Readonly<Record<RightResource, string>> = {
  topic: 'TOPIC_AUTHORIZATION_FAILED',
  group: 'GROUP_AUTHORIZATION_FAILED',
  'transactional id': 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
}
/** What Kafka says to a producer that may write to no topic at all. */
const MAY_NOT_WRITE = 'CLUSTER_AUTHORIZATION_FAILED'

export function topicRight(operation: RightOperation, name: string): Right {
  return { resource: 'topic', name, isPrefix: false, operation }
}

export function groupRight(operation: RightOperation, name: string): Right {
  return { resource: 'group', name, isPrefix: false, operation }
}

/** The error of a request that Kafka refused for want of a right, where it is a refusal for want of that right; else the error itself. */
export function refusalOf<Thrown>(error: Thrown, right: Right): Thrown | RightMissing {
  const type = kafkaErrorType(error)
  const isRefusal = type === REFUSALS[right.resource] || (type === MAY_NOT_WRITE && right.operation === 'Write')
  return isRefusal ? new RightMissing(right, error) : error
}

/** Asks Kafka for what takes a right. Error: `RightMissing`. */
export async function needing<Answer>(right: Right, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw refusalOf(error, right)
  }
}
