import type { Admin, Broker, GroupMember, ITopicConfig } from 'kafkajs'

/** Who writes: the fields of Kafka's requests. */
export interface ProducerIdentity {
  readonly transactionalId?: string
  readonly producerId: string
  readonly producerEpoch: number
}

/** One request of kafkajs's, with what makes sense of the answer. */
export interface ProtocolCall {
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly apiName: string
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>
  }
  readonly response: {
    decode(payload: Buffer): Promise<unknown>
    /** Throws the first error code that is not 0. */
    parse(data: unknown): Promise<unknown>
  }
}

/** Requests of kafkajs's brokers that its types leave out, or leave open. */
export interface KafkaBroker extends Omit<Broker, 'produce' | 'fetch' | 'describeGroups'> {
  /** The versions of each request that the broker knows. */
  readonly versions?: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  readonly connectionPool: { send(call: ProtocolCall): Promise<unknown> }
  findGroupCoordinator(request: { groupId: string; coordinatorType: number }): Promise<unknown>
  initProducerId(request: {
    transactionalId: string | undefined
    transactionTimeout: number | undefined
  }): Promise<{ producerId: string; producerEpoch: number }>
  addPartitionsToTxn(request: ProducerIdentity & { topics: { topic: string; partitions: number[] }[] }): Promise<{
    readonly errors: readonly {
      readonly topic: string
      readonly partitionErrors: readonly { readonly errorCode: number }[]
    }[]
  }>
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
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: { members: readonly unknown[] }[] }>
  deleteGroups(groupIds: string[]): Promise<{ results: { errorCode: number }[] }>
  describeConfigs: Admin['describeConfigs']
  createTopics(request: { topics: readonly ITopicConfig[]; timeout: number; validateOnly: boolean }): Promise<{
    /** Brokers before Kafka 0.10.1 give no words. */
    readonly topicErrors: readonly {
      readonly topic: string
      readonly errorCode: number
      readonly errorMessage?: string | null
    }[]
  }>
  deleteTopics(request: { topics: string[]; timeout: number }): Promise<unknown>
  listOffsets(request: {
    replicaId: number
    isolationLevel: number
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[]
  }): Promise<OffsetsResponse>
}

interface OffsetsResponse {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[]
  }[]
}

/** A broker whose answers tell the error code of each partition, 0 for none, and throw none of them. */
export interface LenientBroker extends Omit<KafkaBroker, 'metadata'> {
  metadata(topics: string[]): Promise<{
    readonly brokers: readonly unknown[]
    /** Brokers before Kafka 0.10.1 tell none. */
    readonly clusterId?: string | null
    readonly controllerId: number
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number
      readonly topic: string
      readonly partitionMetadata: readonly {
        readonly partitionId: number
        readonly leader: number
        readonly replicas: readonly number[]
        readonly isr: readonly number[]
      }[]
    }[]
  }>
}

/** What a broker keeps of a fetch for those that follow it (KIP-227): an id, 0 for none, and the count of fetches that it was part of. */
export interface FetchSessionTurn {
  readonly sessionId: number
  /** 0 asks for a new session; -1 ends the session, or asks for none. */
  readonly sessionEpoch: number
}

export interface FetchRequest extends FetchSessionTurn {
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  /** All to fetch from where a session begins, or there is none; later those that are new to it or to be fetched from elsewhere. */
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly fetchOffset: bigint
      readonly maxBytes: number
    }[]
  }[]
  /** What the session is to leave out from now on. */
  readonly forgotten: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
}

export interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  /** Up to where records can be read. */
  readonly lastStableOffset: bigint
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[]
  /** Kafka's record batches, the last of which may be cut. */
  readonly recordSet: Buffer
}

export interface FetchResponse {
  readonly errorCode: number
  /** 0 where the broker keeps no session. */
  readonly sessionId: number
  /** How long no more may be asked, ms. */
  readonly clientSideThrottleTime?: number
  /** All that were asked for; in a session, those that have news. */
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
}
