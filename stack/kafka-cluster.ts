import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { findFreePort } from './free-port.ts'
import { readLiveBrokers } from './kafka-metadata.ts'
import {
  kafkaProperties,
  type KafkaListener,
  type KafkaNodePlace,
  type KafkaSettings,
  type KafkaUser,
  type PlacedListener,
} from './kafka-properties.ts'
import type { Artifacts } from './resolve-artifacts.ts'
import { ServerProcess, type StackServer } from './server-process.ts'
import { StackError } from './stack-error.ts'
import type { Watchdog } from './watchdog.ts'

/** One combined KRaft broker and controller, or a broker beside ZooKeeper. */
export interface KafkaNode extends StackServer {
  /** `node.id`, from 1. */
  readonly id: number
  /** `host:port` of the listener that asks for rights; undefined where there is none. */
  readonly securedAddress: string | undefined
  /** `host:port` of each of the listeners that were asked for beside these, by its name. */
  readonly addresses: Readonly<Record<string, string>>
}

/** A node together with what only its stack may do to it. */
export class KafkaNodeProcess extends ServerProcess implements KafkaNode {
  readonly id: number
  readonly securedAddress: string | undefined
  readonly addresses: Readonly<Record<string, string>>

  constructor(place: KafkaNodePlace, ...server: ConstructorParameters<typeof ServerProcess>) {
    super(...server)
    this.id = place.id
    this.securedAddress = place.secured === undefined ? undefined : `127.0.0.1:${place.secured.port}`
    this.addresses = Object.fromEntries((place.more ?? []).map(({ name, port }) => [name, `localhost:${port}`]))
  }
}

/** What the nodes of a cluster have in common. */
export interface KafkaTerms {
  readonly artifacts: Artifacts
  /** The address of the ZooKeeper that keeps the metadata; null where the nodes do. */
  readonly zooKeeper: string | null
  /** With users, there is a listener that asks for rights. */
  readonly users: readonly KafkaUser[]
  readonly listeners: readonly KafkaListener[]
  /** Beside or instead of those of kafka-properties.ts. */
  readonly settings: KafkaSettings
}

const PROBE_LIMIT_MS = 2_000
/** Three brokers and the registry then fit into 3 GB, and the page cache, not the heap, serves the records. */
const HEAP = '-Xmx512m'
const COMPLETE_LIMIT_MS = 30_000
const POLL_MS = 50

/** Lays out a new cluster under `directory`: formatted, with ports, not started. */
export async function defineKafkaCluster(
  size: number,
  directory: string,
  terms: KafkaTerms,
  watchdog: Watchdog,
): Promise<readonly KafkaNodeProcess[]> {
  const places: KafkaNodePlace[] = []
  for (let id = 1; id <= size; id++) {
    const more: PlacedListener[] = []
    for (const listener of terms.listeners) more.push({ ...listener, port: await findFreePort() })
    places.push({
      id,
      brokerPort: await findFreePort(),
      controllerPort: await findFreePort(),
      dataDirectory: join(directory, `kafka-${id}`, 'data'),
      secured: terms.users.length === 0 ? undefined : { port: await findFreePort(), users: terms.users },
      more,
    })
  }
  const clusterId = kafkaUuid()
  return Promise.all(
    places.map(async (place) => {
      await mkdir(place.dataDirectory, { recursive: true })
      const { bootstrapCheckpoint } = terms.artifacts
      if (bootstrapCheckpoint !== null) await formatDataDirectory(place, clusterId, bootstrapCheckpoint)
      return defineNode(place, places, join(directory, `kafka-${place.id}`), terms, watchdog)
    }),
  )
}

/** Resolves when every node knows of every other: a node that is ready is at first known to itself and the controller only. */
export async function waitUntilComplete(nodes: readonly KafkaNode[]): Promise<void> {
  const deadline = Date.now() + COMPLETE_LIMIT_MS
  for (const node of nodes) {
    while ((await readLiveBrokers(node.address, PROBE_LIMIT_MS).catch(() => [])).length < nodes.length) {
      if (Date.now() > deadline) {
        throw new StackError(
          'ServerNotReady',
          `${node.name} does not know all ${nodes.length} nodes after ${COMPLETE_LIMIT_MS / 1000} s`,
        )
      }
      await sleep(POLL_MS)
    }
  }
}

async function defineNode(
  place: KafkaNodePlace,
  cluster: readonly KafkaNodePlace[],
  directory: string,
  { artifacts, zooKeeper, settings }: KafkaTerms,
  watchdog: Watchdog,
): Promise<KafkaNodeProcess> {
  const configuration = join(directory, 'server.properties')
  await writeFile(configuration, kafkaProperties(place, cluster, zooKeeper, settings))
  const address = `127.0.0.1:${place.brokerPort}`
  return new KafkaNodeProcess(
    place,
    {
      name: `Kafka node ${place.id}`,
      address,
      logFile: join(directory, 'server.log'),
      executable: artifacts.java,
      args: [HEAP, ...javaArguments(artifacts, directory), 'kafka.Kafka', configuration],
      workingDirectory: directory,
      isReady: async () => (await readLiveBrokers(address, PROBE_LIMIT_MS)).includes(place.id),
    },
    watchdog,
  )
}

/** How a program of Kafka's is run in a folder of its own. */
export function javaArguments(artifacts: Artifacts, directory: string): string[] {
  return [
    '-Djava.awt.headless=true',
    // Compression codecs unpack native libraries, and the JVM keeps counters, in the system's temporary folder otherwise.
    `-Djava.io.tmpdir=${directory}`,
    '-XX:-UsePerfData',
    `-Dlog4j2.configurationFile=${artifacts.log4jConfiguration}`,
    '-cp',
    artifacts.kafkaClassPath,
  ]
}

/** What Kafka's `StorageTool format` leaves in a data folder, without a JVM per node. */
async function formatDataDirectory(
  place: KafkaNodePlace,
  clusterId: string,
  bootstrapCheckpoint: string,
): Promise<void> {
  await writeFile(
    join(place.dataDirectory, 'meta.properties'),
    `version=1\ncluster.id=${clusterId}\nnode.id=${place.id}\ndirectory.id=${kafkaUuid()}\n`,
  )
  await copyFile(bootstrapCheckpoint, join(place.dataDirectory, 'bootstrap.checkpoint'))
}

/** Kafka's Uuid: 16 random bytes in URL-safe base64, never with a leading dash. */
function kafkaUuid(): string {
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}
