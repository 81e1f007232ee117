import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineClickHouse } from './clickhouse-server.ts'
import { defineKafkaCluster, waitUntilComplete, type KafkaNode } from './kafka-cluster.ts'
import { defineRegistry } from './registry-server.ts'
import type { KafkaListener, KafkaSettings, KafkaUser } from './kafka-properties.ts'
import { resolveArtifacts } from './resolve-artifacts.ts'
import type { ServerProcess, StackServer } from './server-process.ts'
import { Watchdog } from './watchdog.ts'
import { defineZooKeeper } from './zookeeper-server.ts'

export interface StackOptions {
  /** Kafka nodes, each broker and controller; 0 for no Kafka. Default 1. */
  brokers?: 0 | 1 | 3
  /** A release of Kafka, such as `3.9.1`, instead of the one that pom.xml names; those before 3.0 come with a ZooKeeper. */
  kafkaVersion?: string
  /** Settings of the brokers beside or instead of those of kafka-properties.ts. */
  kafkaSettings?: KafkaSettings
  /** Whether to start a schema registry. Default true. */
  registry?: boolean
  /** Whether to start chDB behind ClickHouse's HTTP interface. Default false. */
  clickhouse?: boolean
  /** Who may log in at a second listener of Kafka's, where each needs rights. Default: nobody, and there is none. */
  users?: readonly KafkaUser[]
  /** Listeners of Kafka's beside these, at `localhost`: with TLS, say. Default: none. */
  listeners?: readonly KafkaListener[]
}

/** Real servers on loopback with data of their own, in a temporary folder. */
export interface Stack {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[]
  /** `host:port` of every broker's listener that asks for rights; empty when there are no users. At `brokers` everybody may do everything. */
  readonly securedBrokers: readonly string[]
  /** The base URL of a Confluent-compatible schema registry; empty when none was asked for. */
  readonly schemaRegistryUrl: string
  readonly nodes: readonly KafkaNode[]
  /** Undefined when none was asked for. Keeps its schemas over a restart. */
  readonly registry: StackServer | undefined
  /** `http://host:port` of what stands in for a ClickHouse server; empty when none was asked for. */
  readonly clickhouseUrl: string
  /** Undefined when none was asked for. Keeps its data over a restart, also over one after `kill`. */
  readonly clickhouse: StackServer | undefined
  /** Kills every server, since nothing they hold outlives them, and deletes every file. Further calls do nothing. */
  stop(): Promise<void>
}

/**
 * Starts Kafka, a schema registry and what else is asked for, fetching them with Maven the first time, and resolves when all of them do their work.
 * They also end, and their files go, when this process ends in whatever way. Rejects with a StackError, after cleaning up.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    brokers = 1,
    registry: withRegistry = true,
    clickhouse: withClickHouse = false,
    users = [],
    listeners = [],
  } = options
  const artifacts = await resolveArtifacts(options.kafkaVersion)
  const directory = await mkdtemp(join(tmpdir(), 'experience-log-stack-'))
  const watchdog = new Watchdog(directory)
  const servers: ServerProcess[] = []

  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.retire()))
    await watchdog.finish()
    // The watchdog did this already, unless somebody killed it.
    await rm(directory, { recursive: true, force: true })
  }

  try {
    const zooKeeper =
      artifacts.bootstrapCheckpoint === null
        ? await defineZooKeeper(join(directory, 'zookeeper'), artifacts, watchdog)
        : undefined
    const settings = options.kafkaSettings ?? {}
    const terms = { artifacts, zooKeeper: zooKeeper?.address ?? null, users, listeners, settings }
    const nodes = await defineKafkaCluster(brokers, directory, terms, watchdog)
    const registry = withRegistry ? await defineRegistry(join(directory, 'registry'), artifacts, watchdog) : undefined
    const clickhouse = withClickHouse ? await defineClickHouse(join(directory, 'clickhouse'), watchdog) : undefined
    servers.push(...nodes)
    if (zooKeeper !== undefined) servers.push(zooKeeper)
    if (registry !== undefined) servers.push(registry.server)
    if (clickhouse !== undefined) servers.push(clickhouse)
    await Promise.all(servers.map((server) => server.start()))
    await waitUntilComplete(nodes)
    return {
      brokers: nodes.map(({ address }) => address),
      securedBrokers: nodes.flatMap(({ securedAddress }) => securedAddress ?? []),
      schemaRegistryUrl: registry?.url ?? '',
      nodes,
      registry: registry?.server,
      clickhouseUrl: clickhouse === undefined ? '' : `http://${clickhouse.address}`,
      clickhouse,
      stop: () => (stopping ??= stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}
