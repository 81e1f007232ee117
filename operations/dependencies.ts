import type { Observer } from '../base/observer.ts'
import type { TopicHolds } from '../consumers/dead-letters/topic-holds.ts'
import type { EnvelopeDecoders } from '../consumers/envelope-decoders.ts'
import type { TenantLog } from '../log/tenant-log.ts'
import type { Generation } from '../projections/generations/generation.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import type { OperationsLog } from './log/operations-log.ts'

/** What operations work with in one process. Each takes what it needs of it, with `Pick`. */
export interface Dependencies extends Pick<TenantLog, 'log' | 'topics'> {
  readonly decoders: EnvelopeDecoders
  readonly store: ReadModelStore
  readonly operations: OperationsLog
  readonly holds: TopicHolds
  /** Id of the read model: see `readModelId`. */
  readonly readModel: string
  /** The generation that readers follow. Errors: `Unavailable`, `StorageError`. */
  readonly live: () => Promise<Generation>
  /** Hears what this process does. */
  readonly observer: Observer
}
