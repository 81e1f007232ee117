import type { EventRow } from '../../../projections/events/event-columns.ts'
import type { ArtifactStatus } from '../../../queries/artifact-status.ts'
import type { ArtifactQuery } from '../../../schemas/contract/artifact-query.ts'
import type { ArtifactKind, ArtifactState } from '../../../schemas/contract/artifact.ts'
import { compareUtf8 } from '../../../schemas/json/compare-utf8.ts'

/** What the read model answers from its table, worked out from rows in the order of answers: by tenant and id. */
export function artifactStatuses(rows: readonly EventRow[]): ArtifactStatus[] {
  const statuses = new Map<string, ArtifactStatus>()
  for (const row of rows) {
    if (row.artifact_id === null || row.to_state === null) continue
    // Tenant ids hold no NUL.
    const key = `${row.tenant_id}\0${row.artifact_id}`
    const before = statuses.get(key)
    statuses.set(key, {
      tenant_id: row.tenant_id === '' ? null : row.tenant_id,
      artifact_id: row.artifact_id,
      kind: kindOf(row) ?? before?.kind ?? null,
      state: row.to_state as ArtifactState,
      since: row.occurred_at,
      transitions: (before?.transitions ?? 0n) + 1n,
      forbidden_transitions: (before?.forbidden_transitions ?? 0n) + (row.transition_allowed === false ? 1n : 0n),
    })
  }
  return Array.from(statuses, ([key, status]) => ({ key, status }))
    .toSorted((a, b) => compareUtf8(a.key, b.key))
    .map(({ status }) => status)
}

/** Whether a status is what a query asks for. */
export function matchesArtifact(query: ArtifactQuery, status: ArtifactStatus): boolean {
  return (
    (query.tenant_id === null || query.tenant_id === status.tenant_id) &&
    (query.artifact_id === null || query.artifact_id === status.artifact_id) &&
    (query.kind === null || sameKind(query.kind, status.kind)) &&
    (query.state === null || query.state === status.state)
  )
}

function kindOf(row: EventRow): ArtifactKind | null {
  if (row.artifact_kind === null) return null
  return row.artifact_kind === 'Other' ? { Other: row.artifact_kind_other ?? '' } : (row.artifact_kind as ArtifactKind)
}

function sameKind(a: ArtifactKind, b: ArtifactKind | null): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.Other === b?.Other
}
