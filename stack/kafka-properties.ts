/** Where one node of a cluster listens and keeps its data. */
export interface KafkaNodePlace {
  readonly id: number
  readonly brokerPort: number
  readonly controllerPort: number
  readonly dataDirectory: string
  /** A second listener that asks for rights, if there is to be one. */
  readonly secured?: SecuredListener | undefined
  /** Listeners beside these. */
  readonly more?: readonly PlacedListener[]
}

/** A listener of Kafka's beside the plain one, with the settings that are its own: `ssl.client.auth` and so on. */
export interface KafkaListener {
  readonly name: string
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT'
  readonly settings: KafkaSettings
}

export interface PlacedListener extends KafkaListener {
  readonly port: number
}

/** Where users log in by SASL/PLAIN, each with what Kafka's own authoriser lets them do. */
export interface SecuredListener {
  readonly port: number
  readonly users: readonly KafkaUser[]
}

export interface KafkaUser {
  readonly username: string
  readonly password: string
}

/** What a test wants otherwise. */
export type KafkaSettings = Readonly<Record<string, string | number | boolean>>

/**
 * The settings of one combined broker and controller, or of a broker that finds the others by the ZooKeeper at that address, as the
 * text of its server.properties.
 */
export function kafkaProperties(
  node: KafkaNodePlace,
  cluster: readonly KafkaNodePlace[],
  zooKeeper: string | null,
  changes: KafkaSettings,
): string {
  const replicas = cluster.length
  const inSync = Math.min(2, replicas)
  const settings: KafkaSettings = {
    ...(zooKeeper === null ? quorumSettings(node, cluster) : zooKeeperSettings(node, zooKeeper)),
    ...listenerSettings(node, zooKeeper === null),
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': node.dataDirectory,

    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 1,

    'group.initial.rebalance.delay.ms': 0,
    // Tests of lost consumers wait for a session to end: allow short ones.
    'group.min.session.timeout.ms': 1_000,
    // A killed broker gives up its partitions, and may register again, after this instead of after 9 s. Not lower still, lest a
    // busy machine fence brokers that are merely slow.
    'broker.session.timeout.ms': 4_000,
    'broker.heartbeat.interval.ms': 500,

    // The defaults take 128 MB of the heap for compaction and lay out 20 MB of index per partition.
    'log.cleaner.dedupe.buffer.size': 4 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    ...(node.secured === undefined ? {} : securedSettings(node.secured)),
    ...changes,
  }
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}

/** The plain listener stays: who comes by it, nodes and administrators, may do everything. */
function listenerSettings(node: KafkaNodePlace, isController: boolean): KafkaSettings {
  const { brokerPort, controllerPort, secured, more = [] } = node
  const brokers = [
    { name: 'PLAINTEXT', protocol: 'PLAINTEXT', host: '127.0.0.1', port: brokerPort },
    ...(secured === undefined
      ? []
      : [{ name: 'SECURED', protocol: 'SASL_PLAINTEXT', host: '127.0.0.1', port: secured.port }]),
    // Certificates are for a name.
    ...more.map(({ name, protocol, port }) => ({ name, protocol, host: 'localhost', port })),
  ]
  const controller = { name: 'CONTROLLER', protocol: 'PLAINTEXT', host: '127.0.0.1', port: controllerPort }
  const listeners = isController ? [...brokers, controller] : brokers
  const own = more.flatMap(({ name, settings }) =>
    Object.entries(settings).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value] as const),
  )
  return {
    listeners: listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`).join(','),
    'advertised.listeners': brokers.map(({ name, host, port }) => `${name}://${host}:${port}`).join(','),
    'listener.security.protocol.map': listeners.map(({ name, protocol }) => `${name}:${protocol}`).join(','),
    ...Object.fromEntries(own),
  }
}

function securedSettings({ users }: SecuredListener): KafkaSettings {
  const known = users.map(({ username, password }) => ` user_${username}="${password}"`).join('')
  return {
    'listener.name.secured.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.secured.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required${known};`,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': false,
    'super.users': 'User:ANONYMOUS',
  }
}

function quorumSettings(node: KafkaNodePlace, cluster: readonly KafkaNodePlace[]): KafkaSettings {
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    // A fixed quorum: it needs no node to introduce the others, so all can be formatted alike and started at once.
    'controller.quorum.voters': cluster.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
  }
}

function zooKeeperSettings(node: KafkaNodePlace, zooKeeper: string): KafkaSettings {
  return {
    'broker.id': node.id,
    'zookeeper.connect': zooKeeper,
    // It starts at the same time.
    'zookeeper.connection.timeout.ms': 60_000,
  }
}
