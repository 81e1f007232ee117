import type { Broker, GroupMember, KafkaMessage, Message } from 'kafkajs'

/** Who writes: the fields of Kafka's requests. */
export interface ProducerIdentity {
  readonly transactionalId?: string
  readonly producerId: string
  readonly producerEpoch: number
}

/** Requests of kafkajs's brokers that its types leave out, or leave open. */
export interface KafkaBroker extends Omit<Broker, 'produce'> {
  produce(
    request: ProducerIdentity & {
      acks: number
      timeout: number
      topicData: {
        topic: string
        partitions: { partition: number; firstSequence: number; messages: readonly Message[] }[]
      }[]
    },
  ): Promise<{
    topics: { topicName: string; partitions: { partition: number; baseOffset: string }[] }[]
  }>
  initProducerId(request: {
    transactionalId: string | undefined
    transactionTimeout: number | undefined
  }): Promise<{ producerId: string; producerEpoch: number }>
  addPartitionsToTxn(
    request: ProducerIdentity & { topics: { topic: string; partitions: number[] }[] },
  ): Promise<unknown>
  endTxn(request: ProducerIdentity & { transactionResult: boolean }): Promise<unknown>
  joinGroup(request: {
    groupId: string
    sessionTimeout: number
    rebalanceTimeout: number
    memberId: string
    groupProtocols: { name: string; metadata: Buffer }[]
  }): Promise<{ generationId: number; leaderId: string; memberId: string; members: GroupMember[] }>
  syncGroup(request: {
    groupId: string
    generationId: number
    memberId: string
    groupAssignment: { memberId: string; memberAssignment: Buffer }[]
  }): Promise<{ memberAssignment: Buffer }>
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>
  listOffsets(request: {
    replicaId: number
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[]
  }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>
}

/** A record as kafkajs decodes it, with what tells transactions and their markers apart. */
export type FetchedMessage = KafkaMessage & {
  readonly isControlRecord: boolean
  readonly batchContext: {
    readonly firstOffset: string
    readonly lastOffsetDelta: number
    readonly inTransaction: boolean
    readonly producerId: string
  }
}

export interface FetchedPartition {
  readonly partition: number
  readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null
  readonly messages: readonly FetchedMessage[]
}

export interface FetchResponse {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
}
