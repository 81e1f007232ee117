import type { Observer } from '../base/observer.ts'
import type { ReadModelStore } from '../projections/read-model-store.ts'
import type { LogPrefix } from './as-of/log-prefix.ts'

/** Where questions are asked, and about how much of the log. */
export interface QueryContext {
  readonly store: ReadModelStore
  /** The log as it stood at a moment; null for all of it. */
  readonly prefix: LogPrefix | null
  /** Hears how long answers take. Default: nobody does. */
  readonly observer?: Observer
}
