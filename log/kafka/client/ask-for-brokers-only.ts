import type { Cluster } from 'kafkajs'
import type { KafkaBroker } from './kafka-broker.ts'
import { withCalls } from './lenient-broker.ts'

/** What is used of kafkajs's cluster beyond its types. */
interface ClusterWithPool {
  readonly brokerPool: { findConnectedBroker: () => Promise<KafkaBroker> }
}

/** A list without topics, and from version 4 on that none is to be created. */
const NO_TOPICS = Buffer.alloc(4)
const NO_TOPICS_NONE_CREATED = Buffer.alloc(5)

/**
 * Lets a cluster ask for the brokers and no topics when it learns of them. By itself kafkajs asks for all topics then, at every connect
 * of each client: with ten thousand, a megabyte.
 */
export function askForBrokersOnly(cluster: Cluster): void {
  const { brokerPool } = cluster as unknown as ClusterWithPool
  const find = brokerPool.findConnectedBroker.bind(brokerPool)
  brokerPool.findConnectedBroker = async () => askingForNone(await find())
}

function askingForNone(broker: KafkaBroker): KafkaBroker {
  const none = withCalls(broker, (call) => {
    const { request } = call
    // Of the first version an empty list is all topics, and there is no other.
    if (request.apiVersion < 1) return call
    const bytes = request.apiVersion < 4 ? NO_TOPICS : NO_TOPICS_NONE_CREATED
    return { ...call, request: { ...request, encode: async () => ({ buf: bytes, buffer: bytes }) } }
  })
  const metadata = (topics: string[] = []) => (topics.length === 0 ? none : broker).metadata(topics)
  return Object.create(broker, { metadata: { value: metadata } }) as KafkaBroker
}
