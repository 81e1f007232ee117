import type { TimeRangeInput } from '../schemas/types/query-types.ts'

/** What every analytics question may be limited to. */
export interface AnalyticsFilterInput {
  /** Tenant; none means all tenants and the events without one. */
  readonly tenant_id?: string | null | undefined
  /** When the events happened; both ends are included. */
  readonly time_range?: TimeRangeInput | null | undefined
}

export const OUTCOME_BUCKETS = ['hour', 'day', 'week', 'month', 'all'] as const
/** The length of time that a row stands for, in UTC; weeks begin on Monday. */
export type OutcomeBucket = (typeof OUTCOME_BUCKETS)[number]

export const OUTCOME_DIMENSIONS = ['tenant', 'backend', 'step'] as const
export type OutcomeDimension = (typeof OUTCOME_DIMENSIONS)[number]

/** A question for what outcomes add up to. */
export interface OutcomeQueryInput extends AnalyticsFilterInput {
  /** Length of time that a row stands for. Default: `day`. */
  readonly bucket?: OutcomeBucket | undefined
  /** What else a row stands for. Default: tenant, backend and step. */
  readonly by?: readonly OutcomeDimension[] | undefined
}

/** What the outcomes of one bucket, tenant, backend and step add up to. Dimensions that were not asked for are left out. */
export interface OutcomeAnalytics {
  /** Beginning of the bucket, `2026-04-23` or `2026-04-23T09:00:00Z`; left out for `all`. */
  readonly bucket?: string
  readonly tenant?: string | null
  readonly backend?: string | null
  readonly step?: string
  readonly outcomes: bigint
  readonly passed: bigint
  /** 0 to 1. */
  readonly pass_rate: number
  /** Median latency, ms; null where no outcome tells its latency. Percentiles are approximate: docs/library.md says how far. */
  readonly latency_p50_ms: number | null
  /** 90th percentile, ms. */
  readonly latency_p90_ms: number | null
  /** 95th percentile, ms. */
  readonly latency_p95_ms: number | null
  /** 99th percentile, ms. */
  readonly latency_p99_ms: number | null
  readonly tokens: bigint
  /** Cost, µ$. */
  readonly cost_microdollars: bigint
  /** µ$ for each outcome that passed, failed ones paid for as well; null where none passed. */
  readonly cost_per_passed_microdollars: number | null
}

/** A question for the chains that cost most. */
export interface ExpensiveChainsQueryInput extends AnalyticsFilterInput {
  /** How many chains at most. Default: 20. */
  readonly limit?: bigint | number | undefined
}

/** What a chain's outcomes add up to. */
export interface ChainCost {
  readonly tenant_id: string | null
  readonly chain_id: string
  readonly outcomes: bigint
  readonly passed: bigint
  /** Sum of the outcomes' latencies, ms. */
  readonly latency_ms: bigint
  readonly tokens: bigint
  /** Cost, µ$. */
  readonly cost_microdollars: bigint
}

/** How often a tenant's budgets of one resource were exceeded. */
export interface BudgetsExceeded {
  readonly tenant_id: string | null
  /** The contract's word, or the name that came under `Other`. */
  readonly resource: string
  /** Whether the name came under `Other`: `{"Other":"Tokens"}` is not `"Tokens"`. */
  readonly other: boolean
  readonly events: bigint
  /** Chains in which it happened, each once. */
  readonly chains: bigint
}

/** A question for the events per kind. */
export interface SummaryQueryInput {
  /** Tenant; none means all tenants and the events without one. */
  readonly tenant_id?: string | null | undefined
}

/** docs/contract.md §13: events in all, per kind by its label, and again only those that occur, by label in order. */
export interface ExperienceEventSummary {
  readonly total_events: bigint
  readonly [label: string]: bigint | Readonly<Record<string, bigint>>
  readonly by_kind: Readonly<Record<string, bigint>>
}
