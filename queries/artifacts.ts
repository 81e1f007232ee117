import { artifactState, CHANGES_ARTIFACT } from '../projections/views/derived-views.ts'
import type { ArtifactQuery } from '../schemas/contract/artifact-query.ts'
import type { ArtifactKind, ArtifactState } from '../schemas/contract/artifact.ts'
import type { ArtifactStatus } from './artifact-status.ts'
import { Conditions } from './clauses/conditions.ts'
import type { QueryContext } from './query-context.ts'

interface ArtifactRecord {
  readonly tenant: string
  readonly artifact: string
  readonly last_kind: string | null
  readonly last_kind_other: string | null
  readonly last_state: ArtifactState
  readonly last_occurred_at: string
  readonly changes: string
  readonly forbidden: string
}

/** The artifacts that match, by tenant and id. */
export function queryArtifacts(context: QueryContext, query: ArtifactQuery): Promise<ArtifactStatus[]> {
  return artifactsAfter(context, query, null)
}

/** As `queryArtifacts`, those behind a place that `placeOfArtifact` gave. */
export async function artifactsAfter(
  { store, prefix }: QueryContext,
  query: ArtifactQuery,
  after: string | null,
): Promise<ArtifactStatus[]> {
  const events = new Conditions()
    .tenant(query.tenant_id)
    .equals('artifact_id', query.artifact_id)
    .within(prefix)
    .add(CHANGES_ARTIFACT)
  if (after !== null) {
    const [tenant, artifact] = placeIn(after) ?? []
    const parameters = { after_tenant: tenant, after_artifact: artifact }
    events.add('(e.tenant_id, e.artifact_id) > ({after_tenant:String}, {after_artifact:String})', parameters)
  }
  const states = new Conditions().equals('last_state', query.state)
  if (query.kind !== null) addKind(states, query.kind)
  const records = await store.query<ArtifactRecord>({
    sql: `SELECT ${selected} FROM ${store.table('events')} AS e ${events.where}
      GROUP BY e.tenant_id, e.artifact_id ${states.having}
      ORDER BY tenant, artifact ${query.limit === null ? '' : 'LIMIT {limit:UInt64}'}`,
    params: {
      ...events.params,
      ...states.params,
      ...(query.limit === null ? {} : { limit: query.limit.toString() }),
    },
  })
  return records.map((record) => ({
    tenant_id: record.tenant === '' ? null : record.tenant,
    artifact_id: record.artifact,
    kind: kindOf(record),
    state: record.last_state,
    since: record.last_occurred_at,
    transitions: BigInt(record.changes),
    forbidden_transitions: BigInt(record.forbidden),
  }))
}

/** An artifact's place in the order of answers, as opaque text. */
export function placeOfArtifact({ tenant_id, artifact_id }: ArtifactStatus): string {
  return Buffer.from(JSON.stringify([tenant_id ?? '', artifact_id])).toString('base64url')
}

/** Whether a text is such a place. */
export function isArtifactPlace(text: string): boolean {
  return placeIn(text) !== null
}

function placeIn(text: string): readonly [tenant: string, artifact: string] | null {
  try {
    const [tenant, artifact, ...rest] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    return typeof tenant === 'string' && typeof artifact === 'string' && rest.length === 0 ? [tenant, artifact] : null
  } catch {
    return null
  }
}

// Names of columns are not given to results: ClickHouse would take the result for the column, in WHERE too.
const selected = `${artifactState.tenant_id} AS tenant, ${artifactState.artifact_id} AS artifact,
        ${artifactState.artifact_kind} AS last_kind, ${artifactState.artifact_kind_other} AS last_kind_other,
        ${artifactState.state} AS last_state, ${artifactState.occurred_at} AS last_occurred_at,
        ${artifactState.changes} AS changes, ${artifactState.forbidden_transitions} AS forbidden`

function addKind(conditions: Conditions, kind: ArtifactKind): void {
  if (typeof kind === 'string') conditions.equals('last_kind', kind)
  else conditions.equals('last_kind', 'Other').equals('last_kind_other', kind.Other)
}

function kindOf({ last_kind: kind, last_kind_other: other }: ArtifactRecord): ArtifactKind | null {
  return kind === 'Other' ? { Other: other ?? '' } : (kind as ArtifactKind | null)
}
