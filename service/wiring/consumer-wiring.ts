import type { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import type { ProjectorOptions } from '../../consumers/projector.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { OperationsLog } from '../../operations/log/operations-log.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { LiveGeneration } from './live-generation.ts'

/** What consumers of the log in this process share. */
export interface ConsumerWiring {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly store: ReadModelStore
  readonly decoders: EnvelopeDecoders
  readonly operations: OperationsLog
  readonly live: LiveGeneration
  /** Told of ranges that could not be projected and will be tried again. */
  readonly reportFailure: ProjectorOptions['onFailure']
}
