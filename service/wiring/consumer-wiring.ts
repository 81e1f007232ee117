import type { Dependencies } from '../../operations/dependencies.ts'
import type { SharedHolds } from '../../operations/holds/shared-holds.ts'
import type { LiveGeneration } from './live-generation.ts'

/** What consumers of the log in this process share. */
export interface ConsumerWiring extends Omit<Dependencies, 'live'> {
  readonly live: LiveGeneration
  readonly holds: SharedHolds
}
