import { table } from '../projections/table-name.ts'
import { artifactStates } from '../projections/views/derived-views.ts'
import type { ArtifactQuery } from '../schemas/contract/artifact-query.ts'
import type { ArtifactKind, ArtifactState } from '../schemas/contract/artifact.ts'
import { Conditions } from './conditions.ts'
import type { QueryContext } from './query-context.ts'

/** Where an artifact stands, by its transitions and rollbacks in the order of their instants. */
export interface ArtifactStatus {
  readonly tenant_id: string | null
  readonly artifact_id: string
  /** The kind that the last transition named; null where only rollbacks are known, which name none. */
  readonly kind: ArtifactKind | null
  readonly state: ArtifactState
  /** `occurred_at` of the event that led to the state. */
  readonly since: string
  readonly transitions: bigint
  /** Transitions that the state machine forbids (CONTRACT §14); they are recorded, and count here. */
  readonly forbidden_transitions: bigint
}

interface ArtifactRecord {
  readonly tenant: string
  readonly artifact: string
  readonly artifact_kind: string | null
  readonly artifact_kind_other: string | null
  readonly state: ArtifactState
  readonly occurred_at: string
  readonly changes: string
  readonly forbidden_transitions: string
}

/** The artifacts that match, by tenant and id. */
export async function queryArtifacts({ store, prefix }: QueryContext, query: ArtifactQuery): Promise<ArtifactStatus[]> {
  const within = new Conditions().within(prefix)
  const conditions = new Conditions()
    .tenant(query.tenant_id)
    .equals('artifact_id', query.artifact_id)
    .equals('state', query.state)
  if (query.kind !== null) addKind(conditions, query.kind)
  const events = table(store, 'events')
  const records = await store.query<ArtifactRecord>({
    sql: `SELECT tenant_id AS tenant, artifact_id AS artifact, artifact_kind, artifact_kind_other, state, occurred_at,
        changes, forbidden_transitions
      FROM (${artifactStates.select(prefix === null ? events : `(SELECT * FROM ${events} ${within.where})`)}) ${conditions.where}
      ORDER BY tenant, artifact ${query.limit === null ? '' : 'LIMIT {limit:UInt64}'}`,
    params: {
      ...within.params,
      ...conditions.params,
      ...(query.limit === null ? {} : { limit: query.limit.toString() }),
    },
  })
  return records.map((record) => ({
    tenant_id: record.tenant === '' ? null : record.tenant,
    artifact_id: record.artifact,
    kind: kindOf(record),
    state: record.state,
    since: record.occurred_at,
    transitions: BigInt(record.changes),
    forbidden_transitions: BigInt(record.forbidden_transitions),
  }))
}

function addKind(conditions: Conditions, kind: ArtifactKind): void {
  if (typeof kind === 'string') conditions.equals('artifact_kind', kind)
  else conditions.equals('artifact_kind', 'Other').equals('artifact_kind_other', kind.Other)
}

function kindOf(record: ArtifactRecord): ArtifactKind | null {
  const { artifact_kind: kind, artifact_kind_other: other } = record
  return kind === 'Other' ? { Other: other ?? '' } : (kind as ArtifactKind | null)
}
