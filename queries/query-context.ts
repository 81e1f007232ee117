import type { ReadModelStore } from '../projections/read-model-store.ts'

/** Where questions are asked. */
export interface QueryContext {
  readonly store: ReadModelStore
}
