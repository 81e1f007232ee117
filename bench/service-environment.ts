import type { Stack } from '../stack/start-stack.ts'

/** The settings by which the service finds the servers of a stack. */
export function serviceEnvironment({ brokers, schemaRegistryUrl }: Stack): Readonly<Record<string, string>> {
  return { KAFKA_BROKERS: brokers.join(','), SCHEMA_REGISTRY_URL: schemaRegistryUrl }
}
