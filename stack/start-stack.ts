import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { defineKafkaCluster, waitUntilComplete, type KafkaNode } from './kafka-cluster.ts'
import { defineRegistry } from './registry-server.ts'
import { resolveArtifacts } from './resolve-artifacts.ts'
import type { ServerProcess, StackServer } from './server-process.ts'
import { Watchdog } from './watchdog.ts'

export interface StackOptions {
  /** Kafka nodes, each broker and controller. Default 1. */
  brokers?: 1 | 3
  /** Whether to start a schema registry. Default true. */
  registry?: boolean
}

/** Real servers on loopback with data of their own, in a temporary folder. */
export interface Stack {
  /** `host:port` of every broker. */
  readonly brokers: readonly string[]
  /** The base URL of a Confluent-compatible schema registry; empty when none was asked for. */
  readonly schemaRegistryUrl: string
  readonly nodes: readonly KafkaNode[]
  /** Undefined when none was asked for. Keeps its schemas over a restart. */
  readonly registry: StackServer | undefined
  /** Kills every server, since nothing they hold outlives them, and deletes every file. Further calls do nothing. */
  stop(): Promise<void>
}

/**
 * Starts Kafka and a schema registry, fetching them with Maven the first time, and resolves when all of them do their work.
 * They also end, and their files go, when this process ends in whatever way. Rejects with a StackError, after cleaning up.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { brokers = 1, registry: withRegistry = true } = options
  const artifacts = await resolveArtifacts()
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
    const nodes = await defineKafkaCluster(brokers, directory, artifacts, watchdog)
    const registry = withRegistry ? await defineRegistry(join(directory, 'registry'), artifacts, watchdog) : undefined
    servers.push(...nodes)
    if (registry !== undefined) servers.push(registry.server)
    await Promise.all(servers.map((server) => server.start()))
    await waitUntilComplete(nodes)
    return {
      brokers: nodes.map(({ address }) => address),
      schemaRegistryUrl: registry?.url ?? '',
      nodes,
      registry: registry?.server,
      stop: () => (stopping ??= stop()),
    }
  } catch (error) {
    await stop()
    throw error
  }
}
