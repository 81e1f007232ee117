import type { EventLog } from './event-log.ts'
import type { SchemaRegistry } from './schema-registry.ts'
import type { TenantTopics } from './tenant-topics.ts'

/** The log of all tenants: its topics by the names that tenants give them, and the schemas of what they hold. */
export interface TenantLog {
  readonly log: EventLog
  readonly registry: SchemaRegistry
  readonly topics: TenantTopics
}
