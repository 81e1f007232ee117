import type { TimeRange } from '../../schemas/contract/time-range.ts'
import type { BareSql } from '../baselines/bare-sql.ts'
import { DAYS } from './fill-tables.ts'

/** A tenant that has a sixth of the events. */
export const TENANT = 'nordbank'

/** Where something happened, and its id. */
export interface Place {
  readonly tenant: string
  readonly id: string
}

/** What questions are about: always the same at equal numbers of events. */
export interface Subjects {
  readonly chains: readonly Place[]
  readonly runs: readonly Place[]
  readonly events: readonly Place[]
  readonly proposals: readonly Place[]
  readonly traces: readonly Place[]
  readonly artifacts: readonly Place[]
  /** Days from midnight to midnight (UTC), each end included. */
  readonly days: readonly Required<Bounds>[]
}

export interface Bounds extends TimeRange {
  readonly start: string
  readonly end: string
}

const PLACES = 400

export async function chooseSubjects(bare: BareSql, events: string): Promise<Subjects> {
  const places = (column: string, kind: string): Promise<Place[]> =>
    bare.rows<Place>(`SELECT any(tenant_id) AS tenant, ${column} AS id FROM ${events}
      WHERE kind = '${kind}' AND tenant_id != '' GROUP BY id ORDER BY cityHash64(id) LIMIT ${PLACES}`)
  return {
    chains: await places('chain_id', 'OutcomeRecorded'),
    runs: await places('correlation_id', 'OutcomeRecorded'),
    events: await places('event_id', 'FactPromoted'),
    proposals: await places('proposal_id', 'ProposalCreated'),
    traces: await places('trace_link_id', 'ReplayTraceRecorded'),
    artifacts: await places('artifact_id', 'ArtifactStateTransitioned'),
    days: Array.from({ length: DAYS - 3 }, (_, day) => ({ start: midnight(day), end: midnight(day + 1) })),
  }
}

/** The fleet begins at noon of 2026-04-23. */
function midnight(day: number): string {
  return new Date(Date.UTC(2026, 3, 24 + day)).toISOString()
}
