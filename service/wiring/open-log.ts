import { join } from 'node:path'
import { LmdbEventLog } from '../../log/embedded/lmdb-event-log.ts'
import { LmdbSchemaRegistry } from '../../log/embedded/lmdb-schema-registry.ts'
import { openLmdb } from '../../log/embedded/open-lmdb.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { SchemaRegistry } from '../../log/schema-registry.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { TenantTopics } from '../../log/tenant-topics.ts'
import { compatibilityFault } from '../../schemas/avro/schema/schema-compatibility.ts'
import type { Settings } from '../settings.ts'
import { tlsOf } from '../tls-settings.ts'
import { createDataDirectory } from './data-directory.ts'

export interface OpenLog extends TenantLog {
  close(): Promise<void>
}

/** The log and the registry that the settings name: Kafka and a registry server, or LMDB. Errors: `Unavailable`, `StorageError`. */
export async function openLog(settings: Settings): Promise<OpenLog> {
  const topics = new TenantTopics(settings.TOPIC_PREFIX)
  const brokers = settings.KAFKA_BROKERS
  const { log, registry, closeTables } =
    brokers === undefined ? await openEmbeddedLog(settings) : await openKafkaLog(settings, brokers)
  return {
    log,
    registry,
    topics,
    close: async () => {
      await log.close()
      await registry.close()
      await closeTables()
    },
  }
}

interface Opened {
  readonly log: EventLog
  readonly registry: SchemaRegistry
  readonly closeTables: () => Promise<void>
}

async function openEmbeddedLog(settings: Settings): Promise<Opened> {
  await createDataDirectory(settings.EXPERIENCE_LOG_DATA)
  const tables = await openLmdb(join(settings.EXPERIENCE_LOG_DATA, 'log'))
  return {
    log: new LmdbEventLog(tables, { partitions: settings.TOPIC_PARTITIONS }),
    registry: new LmdbSchemaRegistry(tables, { checkCompatible: compatibilityFault }),
    closeTables: () => tables.close(),
  }
}

async function openKafkaLog(settings: Settings, brokers: readonly string[]): Promise<Opened> {
  // Loaded only here: the clients take longer to load than all the rest of the embedded mode.
  const { KafkaEventLog } = await import('../../log/kafka/kafka-event-log.ts')
  const { ConfluentSchemaRegistry } = await import('../../log/kafka/confluent-schema-registry.ts')
  const { kafkaSasl } = await import('./kafka-sasl.ts')
  const sasl = kafkaSasl(settings)
  const replicationFactor = settings.TOPIC_REPLICATION_FACTOR
  const log = await KafkaEventLog.connect({
    brokers,
    partitions: settings.TOPIC_PARTITIONS,
    compression: settings.KAFKA_COMPRESSION,
    sessionTimeoutMs: settings.KAFKA_SESSION_TIMEOUT_MS,
    ...(replicationFactor === 0 ? {} : { replicationFactor }),
    ...(settings.KAFKA_SSL ? { ssl: { ...tlsOf(settings, 'KAFKA') } } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  })
  const registry = new ConfluentSchemaRegistry({
    url: settings.SCHEMA_REGISTRY_URL as string,
    tls: tlsOf(settings, 'SCHEMA_REGISTRY'),
  })
  return { log, registry, closeTables: async () => {} }
}
