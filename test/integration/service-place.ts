import { randomBytes } from 'node:crypto'
import kafkajs from 'kafkajs'
import { inject } from 'vitest'
import { readSettings, type Settings } from '../../service/settings.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

/** A log that suites run on: what chooses it, and why it may be missing. */
export interface LogUnderTest {
  readonly name: string
  /** Why the suite can't run here; undefined if it can. */
  readonly skipped: string | undefined
  readonly environment: Readonly<Record<string, string>>
}

export const lmdb: LogUnderTest = { name: 'LMDB', skipped: undefined, environment: {} }

/** The real Kafka and registry of this test run. */
export function kafka(): LogUnderTest {
  const brokers = inject('kafkaBrokers')
  const registry = inject('schemaRegistryUrl')
  const missing = brokers === '' || registry === ''
  return {
    name: 'Kafka',
    skipped: missing ? 'no Kafka or no schema registry: see the start of this run' : undefined,
    environment: { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registry },
  }
}

export type Environment = Readonly<Record<string, string>>

/**
 * Where the services of one test file live. chDB allows a process one data directory for its whole life, so all of them share
 * one; what keeps them apart are random topic prefixes and databases.
 */
export interface ServicePlace {
  readonly directory: string
  /** The environment of a new log with a read model of its own. Services of equal environments share both. */
  newEnvironment(log: LogUnderTest): Environment
  dispose(): Promise<void>
}

export async function servicePlace(): Promise<ServicePlace> {
  const directory = await temporaryDirectory()
  const prefixes: string[] = []
  return {
    directory: directory.path,
    newEnvironment: ({ environment }) => {
      const id = randomBytes(6).toString('hex')
      if (environment['KAFKA_BROKERS'] !== undefined) prefixes.push(`test-${id}`)
      return {
        ...environment,
        EXPERIENCE_LOG_DATA: directory.path,
        TOPIC_PREFIX: `test-${id}`,
        CLICKHOUSE_DATABASE: `test_${id}`,
        PRODUCER_LINGER_MS: '0',
        PROJECTOR_LINGER_MS: '10',
        DISCOVERY_MS: '100',
      }
    },
    dispose: async () => {
      if (prefixes.length > 0) await removeFromKafka(inject('kafkaBrokers').split(','), prefixes)
      await directory.remove()
    },
  }
}

export function settingsOf(environment: Environment, changes: Environment = {}): Settings {
  return readSettings({ ...environment, ...changes })
}

async function removeFromKafka(brokers: readonly string[], prefixes: readonly string[]): Promise<void> {
  const isOurs = (name: string): boolean => prefixes.some((prefix) => name.startsWith(`${prefix}.`))
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const topics = (await admin.listTopics()).filter(isOurs)
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).filter(isOurs)
    // The group of a process that was killed stays until its session ends; nobody will use its name again.
    if (groups.length > 0) await admin.deleteGroups(groups).catch(() => {})
  } finally {
    await admin.disconnect()
  }
}
