import type { ArtifactState } from './types/event-part-types.ts'

const allowedTransitions: Readonly<Record<ArtifactState, readonly ArtifactState[]>> = {
  Draft: ['Approved', 'Deprecated'],
  Approved: ['Active', 'Quarantined', 'RolledBack'],
  Active: ['Quarantined', 'Deprecated', 'RolledBack'],
  Quarantined: ['Active', 'RolledBack', 'Deprecated'],
  Deprecated: [],
  RolledBack: [],
}

/** docs/contract.md §14: whether the artifact state machine allows the transition. The log records forbidden ones as well. */
export function isTransitionAllowed(from: ArtifactState, to: ArtifactState): boolean {
  return allowedTransitions[from].includes(to)
}
