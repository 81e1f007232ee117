import type { KafkaConfig } from 'kafkajs'
import type { Compression } from '../format/compress-batch.ts'

export interface KafkaEventLogOptions {
  /** Addresses to begin with, `host:port`. */
  readonly brokers: readonly string[]
  /** How the brokers' logs name this client. Default: `experience-log`. */
  readonly clientId?: string
  /** TLS, as kafkajs takes it. Default: none. */
  readonly ssl?: KafkaConfig['ssl']
  /** SASL, as kafkajs takes it. Default: none. */
  readonly sasl?: KafkaConfig['sasl']
  /** Partitions of topics created from now on. Default: 1. */
  readonly partitions?: number
  /** Replicas of topics created from now on. Default: 3, or as many as there are brokers if fewer. */
  readonly replicationFactor?: number
  /** How batches are compressed. Default: `none`. */
  readonly compression?: Compression
  /** Batches that one consumer handles at a time, of different partitions. Default: 2: one is read while another is inserted. */
  readonly concurrency?: number
  /**
   * Bytes of memory that records may take that one consumer or one `read` has fetched and not yet handled; a consumer may always have
   * as much as its `concurrency` batches of full size. Default: 32 MiB.
   */
  readonly bufferBytes?: number
  /** After how long without a heartbeat Kafka gives a consumer's partitions to others, ms. Default: 10,000. */
  readonly sessionTimeoutMs?: number
  /** How long a rebalance waits for the batches under way, ms. Default: 60,000. */
  readonly rebalanceTimeoutMs?: number
}

export type ResolvedKafkaOptions = Required<Omit<KafkaEventLogOptions, 'ssl' | 'sasl' | 'replicationFactor'>> &
  Pick<KafkaEventLogOptions, 'ssl' | 'sasl' | 'replicationFactor'>

export function resolveKafkaOptions(options: KafkaEventLogOptions): ResolvedKafkaOptions {
  return {
    clientId: 'experience-log',
    partitions: 1,
    compression: 'none',
    concurrency: 2,
    bufferBytes: 32 * 1024 * 1024,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    ...options,
  }
}
