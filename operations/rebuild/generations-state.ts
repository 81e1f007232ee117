import type { LoggedOperation, RebuildScope } from '../log/operation.ts'

/** A generation that is being built. */
export interface OpenRebuild {
  readonly generation: string
  readonly scope: RebuildScope
  readonly startedAt: string
  readonly startedBy: string
  /** Whether what is not made anew has been copied, so that the log can be read. */
  readonly isSeeded: boolean
  readonly isPaused: boolean
}

/**
 * - `building`: by the rebuild that is open
 * - `differs`: built, and not equal to the log; the rebuild is open
 * - `live`: readers follow it
 * - `previous`: readers followed it before, and `rollback` leads there
 * - `old`: readers followed it earlier
 * - `side table`: made for a range of time
 * - `abandoned`, `pruned`: being removed
 */
export type GenerationStatus =
  'building' | 'differs' | 'live' | 'previous' | 'old' | 'side table' | 'abandoned' | 'pruned'

/** What became of a read model's generations, as far as operators did it. */
export interface GenerationsState {
  /** The generation that is projected into and that readers are to follow; null while it is the first one. */
  readonly target: string | null
  /** What readers followed before: where `rollback` leads; null if there is none. */
  readonly previous: string | null
  readonly rebuild: OpenRebuild | null
  /** Of all generations that operations name. */
  readonly statuses: ReadonlyMap<string, GenerationStatus>
}

/**
 * Folds the operations of one read model. Of two rebuilds that are started at once the first in the log counts; what concerns a
 * rebuild that is not open says nothing.
 */
export function generationsState(operations: readonly LoggedOperation[], readModel: string): GenerationsState {
  let target: string | null = null
  let previous: string | null = null
  let rebuild: OpenRebuild | null = null
  /** As it was before the latest switch, which may be cancelled. */
  let before: { readonly previous: string | null; readonly rebuild: OpenRebuild | null } = { previous, rebuild }
  const statuses = new Map<string, GenerationStatus>()

  for (const { at, by, operation } of operations) {
    if (!('read_model' in operation) || operation.read_model !== readModel || operation.type === 'TopicHeld') continue
    if (operation.type === 'GenerationSwitched') {
      const { from, to, because } = operation
      target = to
      statuses.set(to, 'live')
      if (because === 'cancelled') {
        ;({ previous, rebuild } = before)
        if (previous !== null) statuses.set(previous, 'previous')
        statuses.set(from, rebuild?.generation === from ? 'building' : 'previous')
      } else {
        before = { previous, rebuild }
        if (previous !== null && previous !== to) statuses.set(previous, 'old')
        previous = from
        statuses.set(from, 'previous')
        if (rebuild?.generation === to) rebuild = null
      }
      continue
    }
    if (operation.type === 'GenerationPruned') {
      statuses.set(operation.generation, 'pruned')
      if (previous === operation.generation) previous = null
      continue
    }
    if (operation.type === 'RebuildStarted') {
      if (rebuild !== null) continue
      const { generation, scope } = operation
      rebuild = { generation, scope, startedAt: at, startedBy: by, isSeeded: false, isPaused: false }
      statuses.set(generation, 'building')
      continue
    }
    if (rebuild?.generation !== operation.generation) continue
    switch (operation.type) {
      case 'RebuildDiffered':
        statuses.set(operation.generation, 'differs')
        break
      case 'RebuildSeeded':
        rebuild = { ...rebuild, isSeeded: true }
        break
      case 'RebuildPaused':
        rebuild = { ...rebuild, isPaused: true }
        break
      case 'RebuildResumed':
        rebuild = { ...rebuild, isPaused: false }
        break
      case 'RebuildAbandoned':
        statuses.set(operation.generation, 'abandoned')
        rebuild = null
        break
      case 'SideTableCompleted':
        statuses.set(operation.generation, 'side table')
        rebuild = null
        break
    }
  }
  return { target, previous, rebuild, statuses }
}

/** The read model of that database which did something last; null if none ever did. For those who cannot ask the read model itself. */
export function latestReadModel(operations: readonly LoggedOperation[], database: string): string | null {
  for (const { operation } of operations.toReversed()) {
    if ('database' in operation && operation.database === database) return operation.read_model
  }
  return null
}
