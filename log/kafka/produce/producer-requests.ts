import type { ProducerIdentity } from '../client/kafka-broker.ts'
import type { KafkaCluster } from '../client/kafka-cluster.ts'
import { RightMissing } from '../client/kafka-failure.ts'
import { errorOfCode, lenient } from '../client/lenient-broker.ts'
import { needing, refusalOf, topicRight } from '../client/right-missing.ts'

export interface Transaction {
  readonly id: string
  readonly timeoutMs: number
}

/** A new producer id, or the next epoch of a transactional id, which ends what the last left open. */
export async function initProducer(cluster: KafkaCluster, transaction?: Transaction): Promise<ProducerIdentity> {
  const request = { transactionalId: transaction?.id, transactionTimeout: transaction?.timeoutMs }
  if (transaction === undefined) return (await cluster.anyBroker()).initProducerId(request)
  const identity = await writing(transaction.id, async () =>
    (await cluster.coordinator(transaction.id, 'transactions')).initProducerId(request),
  )
  return { ...identity, transactionalId: transaction.id }
}

/** Makes partitions part of the producer's transaction. */
export async function addToTransaction(
  cluster: KafkaCluster,
  identity: ProducerIdentity,
  topics: { topic: string; partitions: number[] }[],
): Promise<void> {
  const id = identity.transactionalId ?? ''
  await writing(id, async () => {
    const coordinator = lenient(await cluster.coordinator(id, 'transactions'))
    const { errors } = await coordinator.addPartitionsToTxn({ ...identity, topics })
    const failures = errors.flatMap(({ topic, partitionErrors }) =>
      partitionErrors.map(({ errorCode }) => refusalOf(errorOfCode(errorCode), topicRight('Write', topic))),
    )
    // Where one partition is refused, the others were not attempted, which tells nothing.
    const failure = failures.find((each) => each instanceof RightMissing) ?? failures.find((each) => each !== undefined)
    if (failure !== undefined) throw failure
  })
}

export async function endTransaction(
  cluster: KafkaCluster,
  identity: ProducerIdentity,
  outcome: 'commit' | 'abort',
): Promise<void> {
  const id = identity.transactionalId ?? ''
  await writing(id, async () =>
    (await cluster.coordinator(id, 'transactions')).endTxn({ ...identity, transactionResult: outcome === 'commit' }),
  )
}

/** Asks for what takes the right to write under a transactional id. */
function writing<Answer>(id: string, ask: () => Promise<Answer>): Promise<Answer> {
  return needing({ resource: 'transactional id', name: id, isPrefix: false, operation: 'Write' }, ask)
}
