import type { TimeRangeInput } from '../schemas/types/query-types.ts'

/** What limits an analytics question. */
export interface AnalyticsFilterInput {
  /** Tenant. Default: all tenants, and events without a tenant. */
  readonly tenant_id?: string | null | undefined
  /** When the events happened; both ends are included. */
  readonly time_range?: TimeRangeInput | null | undefined
}

export const OUTCOME_BUCKETS = ['hour', 'day', 'week', 'month', 'all'] as const
/** The length of time that a row covers; weeks begin on Monday. */
export type OutcomeBucket = (typeof OUTCOME_BUCKETS)[number]

export const OUTCOME_DIMENSIONS = ['tenant', 'backend', 'step'] as const
export type OutcomeDimension = (typeof OUTCOME_DIMENSIONS)[number]

/** A question that adds up outcomes. */
export interface OutcomeQueryInput extends AnalyticsFilterInput {
  /** Length of time that a row covers. Default: `day`. */
  readonly bucket?: OutcomeBucket | undefined
  /** What else each row is about. Default: tenant, backend and step. */
  readonly by?: readonly OutcomeDimension[] | undefined
  /** The zone whose hours, days, weeks and months rows stand for, by its IANA name, such as `Europe/Vienna`. Default: UTC. */
  readonly time_zone?: string | undefined
}

/** The outcomes of one bucket, tenant, backend and step, added up. Dimensions that were not asked for are left out. */
export interface OutcomeAnalytics {
  /** Beginning of the bucket, `2026-04-23` or `2026-04-23T09:00:00Z` (in a zone `2026-04-23T11:00:00+02:00`); left out for `all`. */
  readonly bucket?: string
  readonly tenant?: string | null
  readonly backend?: string | null
  readonly step?: string
  /** How many outcomes. */
  readonly outcomes: bigint
  /** How many of them passed. */
  readonly passed: bigint
  /** 0 to 1. */
  readonly pass_rate: number
  /** Median latency, ms; null if no outcome has a latency. Percentiles are approximate (docs/library.md says how close). */
  readonly latency_p50_ms: number | null
  /** 90th percentile, ms. */
  readonly latency_p90_ms: number | null
  /** 95th percentile, ms. */
  readonly latency_p95_ms: number | null
  /** 99th percentile, ms. */
  readonly latency_p99_ms: number | null
  /** Sum of the outcomes' tokens. */
  readonly tokens: bigint
  /** Sum of the outcomes' costs, µ$. */
  readonly cost_microdollars: bigint
  /** Cost of all outcomes for each one that passed, µ$; null if none passed. */
  readonly cost_per_passed_microdollars: number | null
}

/** A question for the chains that cost most. */
export interface ExpensiveChainsQueryInput extends AnalyticsFilterInput {
  /** How many chains at most. Default: 20. */
  readonly limit?: bigint | number | undefined
}

/** The outcomes of a chain, added up. */
export interface ChainCost {
  readonly tenant_id: string | null
  readonly chain_id: string
  /** How many outcomes. */
  readonly outcomes: bigint
  /** How many of them passed. */
  readonly passed: bigint
  /** Sum of the outcomes' latencies, ms. */
  readonly latency_ms: bigint
  /** Sum of the outcomes' tokens. */
  readonly tokens: bigint
  /** Sum of the outcomes' costs, µ$. */
  readonly cost_microdollars: bigint
}

/** How often a tenant's budgets of one resource were exceeded. */
export interface BudgetsExceeded {
  readonly tenant_id: string | null
  /** The resource: a word of the contract, or the name under `Other`. */
  readonly resource: string
  /** Whether the name stands under `Other`: `{"Other":"Tokens"}` is not `"Tokens"`. */
  readonly other: boolean
  /** How many events. */
  readonly events: bigint
  /** How many chains it happened in. */
  readonly chains: bigint
}

/** A question for the events per kind. */
export interface SummaryQueryInput {
  /** Tenant. Default: all tenants, and events without a tenant. */
  readonly tenant_id?: string | null | undefined
}

/** How many events there are: in all, per kind by its label, and in `by_kind` only the kinds that occur (docs/contract.md §13). */
export interface ExperienceEventSummary {
  readonly total_events: bigint
  readonly [label: string]: bigint | Readonly<Record<string, bigint>>
  readonly by_kind: Readonly<Record<string, bigint>>
}
