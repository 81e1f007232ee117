import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../../stack/start-stack.ts'

/** What a serving process works with. */
export interface Installation {
  /** Of every command. */
  readonly environment: Readonly<Record<string, string>>
  remove(): Promise<void>
}

/** A new one: all in one process, or with a real broker, a registry and the ClickHouse engine behind its protocol. */
export async function newInstallation(onKafka: boolean): Promise<Installation> {
  const data = await mkdtemp(join(tmpdir(), 'experience-log-load-'))
  const removeData = (): Promise<void> => rm(data, { recursive: true, force: true })
  if (!onKafka) return { environment: { EXPERIENCE_LOG_DATA: data }, remove: removeData }
  const stack = await startStack({ clickhouse: true })
  return {
    environment: {
      EXPERIENCE_LOG_DATA: data,
      KAFKA_BROKERS: stack.brokers.join(','),
      SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
      CLICKHOUSE_URL: stack.clickhouseUrl,
    },
    remove: async () => {
      await stack.stop()
      await removeData()
    },
  }
}
