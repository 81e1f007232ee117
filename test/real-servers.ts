import type { TestProject } from 'vitest/node'
import { checkPrerequisites } from '../stack/prerequisites.ts'
import { startStack } from '../stack/start-stack.ts'
import { mustNotSkip } from './must-not-skip.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the brokers of a real Kafka, comma-separated; empty where there is none. */
    kafkaBrokers: string
    /** The URL of a real schema registry; empty where there is none. */
    schemaRegistryUrl: string
  }
}

/** Tells which suites won't run, where nobody can miss it; where all have to run, throws instead. */
function skip(suites: string, reason: string): void {
  const message = `the ${suites} suites need real servers, and there are none: ${reason}`
  if (mustNotSkip()) throw new Error(message)
  process.stderr.write(`\n${'!'.repeat(100)}\nSKIPPED: ${message}\n${'!'.repeat(100)}\n\n`)
}

/**
 * Provides the tests with a real Kafka and schema registry: those that KAFKA_BROKERS and SCHEMA_REGISTRY_URL name, else ones
 * started for this run. Without either, says what is skipped, or with CI=true or REQUIRE_REAL_SERVERS=1 throws.
 */
export default async function provideRealServers(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const brokers = process.env['KAFKA_BROKERS'] ?? ''
  const registry = process.env['SCHEMA_REGISTRY_URL'] ?? ''
  if (brokers !== '' || registry !== '') {
    if (brokers === '') skip('Kafka', 'SCHEMA_REGISTRY_URL is set, but KAFKA_BROKERS is not')
    if (registry === '') skip('schema registry', 'KAFKA_BROKERS is set, but SCHEMA_REGISTRY_URL is not')
    project.provide('kafkaBrokers', brokers)
    project.provide('schemaRegistryUrl', registry)
    return undefined
  }
  const prerequisites = await checkPrerequisites()
  if (!prerequisites.met) {
    skip('Kafka and schema registry', prerequisites.reason.message)
    project.provide('kafkaBrokers', '')
    project.provide('schemaRegistryUrl', '')
    return undefined
  }
  const stack = await startStack()
  project.provide('kafkaBrokers', stack.brokers.join(','))
  project.provide('schemaRegistryUrl', stack.schemaRegistryUrl)
  return () => stack.stop()
}
