import { CompactReader, compactLength } from '../format/compact-reader.ts'
import type { KafkaBroker } from './kafka-broker.ts'
import { lenient } from './lenient-broker.ts'
import { inParts } from './request-parts.ts'

export interface SeenPartition {
  readonly partition: number
  /** Negative where there is none. */
  readonly leader: number
}

/** A partition with how many replicas it has, and how many of them have everything. */
export interface SeenReplicas extends SeenPartition {
  readonly replicas: number
  readonly inSync: number
}

/** The same object as long as all is the same, where it is of all topics and the broker tells their ids. */
export type SeenTopics = ReadonlyMap<string, readonly SeenReplicas[]>

/** What one broker knows of topics. */
export interface TopicsSeen {
  /** The cluster's id. */
  readonly cluster: string
  readonly brokers: number
  /** The broker that creates topics. */
  readonly controller: number
  readonly topics: SeenTopics
  /** Tells a topic from one of the same name that was deleted. Lacks those that the cluster gave none (before Kafka 2.8). */
  readonly ids: ReadonlyMap<string, string>
  /** Those of the names asked for that this client may not see, whether or not they exist. */
  readonly refused: ReadonlySet<string>
  /** What this client may do with each of the names, a bit for each operation's number; only where that was asked for and the broker tells. */
  readonly allowed: ReadonlyMap<string, number>
}

const METADATA = 3
/** The first version that brings topic ids (KIP-516). */
const VERSION = 10
const NO_ERROR = 0
const LEADER_NOT_AVAILABLE = 5
const TOPIC_AUTHORIZATION_FAILED = 29
/** What a request takes of each topic beside the name. */
const NAME_BYTES = 20
/** What a broker says that does not tell. */
const NOT_TOLD = -(2 ** 31)

/** A topic that was just created, or one of whose partitions lost its leader, is there; any other error hides it. */
function isThere(code: number): boolean {
  return code === NO_ERROR || code === LEADER_NOT_AVAILABLE
}

export interface LookOptions {
  /** Default: all topics. */
  readonly names?: readonly string[]
  /** Whether to ask what this client may do with each. Default: no. */
  readonly withAllowed?: boolean
  /** The last of all topics, if that is asked for. */
  readonly lastLook?: LastLook | undefined
}

/** Keeps the answer to the last look at all topics: one that is the same need not be read again, nor acted upon. */
export class LastLook {
  #bytes = Buffer.alloc(0)
  #found: TopicsFound | undefined

  /** What the bytes tell of topics. */
  of(bytes: Buffer): TopicsFound {
    if (this.#found === undefined || !bytes.equals(this.#bytes)) {
      this.#found = decodeTopics(new CompactReader(bytes))
      this.#bytes = Buffer.from(bytes)
    }
    return this.#found
  }
}

/**
 * Asks the broker for the topics named, or for all. Those that do not exist are left out, and partitions may lack a leader:
 * kafkajs's own request fails as a whole for either.
 */
export async function lookAtTopics(broker: KafkaBroker, options: LookOptions): Promise<TopicsSeen> {
  const { names } = options
  if ((broker.versions?.[METADATA]?.maxVersion ?? 0) >= VERSION) return lookWithIds(broker, options)
  // Kafkajs takes an empty list for all.
  const { brokers, clusterId, controllerId, topicMetadata } = await lenient(broker).metadata([...(names ?? [])])
  const topics = topicMetadata
    .filter(({ topicErrorCode }) => isThere(topicErrorCode) && names?.length !== 0)
    .map(({ topic, partitionMetadata }) => {
      const partitions = partitionMetadata.map(({ partitionId, leader, replicas, isr }) => ({
        partition: partitionId,
        leader,
        replicas: replicas.length,
        inSync: isr.length,
      }))
      return [topic, partitions] as const
    })
  const refused = topicMetadata.filter(({ topicErrorCode }) => topicErrorCode === TOPIC_AUTHORIZATION_FAILED)
  return {
    cluster: String(clusterId),
    brokers: brokers.length,
    controller: controllerId,
    topics: new Map(topics),
    ids: new Map(),
    refused: new Set(refused.map(({ topic }) => topic)),
    allowed: new Map(),
  }
}

/** As `lookAtTopics`, of however many names. */
export async function lookAtNamed(broker: KafkaBroker, names: readonly string[]): Promise<TopicsSeen> {
  const looks: TopicsSeen[] = []
  for (const part of inParts(names, (name) => name.length + NAME_BYTES)) {
    looks.push(await lookAtTopics(broker, { names: part }))
  }
  if (looks.length === 1) return looks[0]!
  const together = <Key, Value>(of: (look: TopicsSeen) => Iterable<readonly [Key, Value]>): Map<Key, Value> =>
    new Map(looks.flatMap((look) => [...of(look)]))
  return {
    ...(looks[0] ?? (await lookAtTopics(broker, { names }))),
    topics: together(({ topics }) => topics),
    ids: together(({ ids }) => ids),
    refused: new Set(looks.flatMap(({ refused }) => [...refused])),
    allowed: together(({ allowed }) => allowed),
  }
}

async function lookWithIds(
  broker: KafkaBroker,
  { names, withAllowed = false, lastLook }: LookOptions,
): Promise<TopicsSeen> {
  const bytes = encodeRequest(names, withAllowed)
  const seen = await broker.connectionPool.send({
    request: { apiKey: METADATA, apiVersion: VERSION, apiName: 'Metadata', encode: async () => bytes },
    response: { decode: async (payload) => decodeResponse(payload, lastLook), parse: async (data) => data },
  })
  return seen as TopicsSeen
}

const NO_TAGS = Buffer.from([0])
const NO_ID = Buffer.alloc(16)
const NO_ID_TEXT = NO_ID.toString('hex')
/** A null array: all topics. */
const ALL = Buffer.from([0])

/*
 * Metadata, version 10 (https://kafka.apache.org/protocol#The_Messages_Metadata). Compact lengths are one more than the length, as an
 * unsigned varint, 0 for null; `tags` are a count of fields, none of ours:
 *
 *     request   = tags array(topic) allowTopicCreation:i8 clusterOperations:i8 topicOperations:i8 tags
 *     topic     = id:16 string tags
 *     response  = tags throttle:i32 array(broker) clusterId:string controller:i32 array(found) clusterOperations:i32 tags
 *     broker    = id:i32 host:string port:i32 rack:string tags
 *     found     = error:i16 name:string id:16 isInternal:i8 array(partition) operations:i32 tags
 *     partition = error:i16 index:i32 leader:i32 leaderEpoch:i32 replicas:array(i32) isr:array(i32) offline:array(i32) tags
 */

/** In the form of kafkajs's encoder. The tags at the beginning end the request's header. */
function encodeRequest(
  names: readonly string[] | undefined,
  withAllowed: boolean,
): { readonly buf: Buffer; readonly buffer: Buffer } {
  const topics = (names ?? []).flatMap((name) => {
    const text = Buffer.from(name)
    return [NO_ID, compactLength(text.length), text, NO_TAGS]
  })
  const list = names === undefined ? [ALL] : [compactLength(names.length), ...topics]
  // No topics are created.
  const flags = Buffer.from([0, 0, withAllowed ? 1 : 0])
  const bytes = Buffer.concat([NO_TAGS, ...list, flags, NO_TAGS])
  return { buf: bytes, buffer: bytes }
}

function decodeResponse(payload: Buffer, lastLook: LastLook | undefined): TopicsSeen {
  const reader = new CompactReader(payload)
  reader.tags()
  reader.int32()
  const brokers = reader.array(() => {
    reader.int32()
    reader.string()
    reader.int32()
    reader.string()
    reader.tags()
  })
  const cluster = reader.string()
  const controller = reader.int32()
  const found = lastLook?.of(reader.rest) ?? decodeTopics(reader)
  return { cluster, brokers: brokers.length, controller, ...found }
}

type TopicsFound = Omit<TopicsSeen, 'cluster' | 'brokers' | 'controller'>

function decodeTopics(reader: CompactReader): TopicsFound {
  const topics = new Map<string, readonly SeenReplicas[]>()
  const ids = new Map<string, string>()
  const refused = new Set<string>()
  const allowed = new Map<string, number>()
  reader.array(() => {
    const code = reader.int16()
    const name = reader.string()
    const id = reader.hex(16)
    reader.skip(1)
    const partitions = reader.array(() => decodePartition(reader))
    const operations = reader.int32()
    reader.tags()
    if (code === TOPIC_AUTHORIZATION_FAILED) refused.add(name)
    else if (operations !== NOT_TOLD) allowed.set(name, operations)
    if (!isThere(code)) return
    topics.set(name, partitions)
    // Brokers that know of ids give none before the whole cluster does.
    if (id !== NO_ID_TEXT) ids.set(name, id)
  })
  return { topics, ids, refused, allowed }
}

function decodePartition(reader: CompactReader): SeenReplicas {
  const code = reader.int16()
  const partition = reader.int32()
  const leader = reader.int32()
  reader.int32()
  const [replicas, inSync] = [0, 1, 2].map(() => reader.array(() => reader.int32()).length) as [number, number, number]
  reader.tags()
  return { partition, leader: code === LEADER_NOT_AVAILABLE ? -1 : leader, replicas, inSync }
}
