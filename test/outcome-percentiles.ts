import { expect } from 'vitest'
import type { OutcomeAnalytics } from '../queries/analytics.ts'

const NONE = { latency_p50_ms: null, latency_p90_ms: null, latency_p95_ms: null, latency_p99_ms: null }

/** What is exact in a row. */
export function withoutPercentiles(row: OutcomeAnalytics): OutcomeAnalytics {
  return { ...row, ...NONE }
}

/** Percentiles of one row differ from those of another by this share of them at most. */
export function expectNear(actual: OutcomeAnalytics, expected: OutcomeAnalytics, share: number): void {
  for (const name of Object.keys(NONE) as (keyof typeof NONE)[]) {
    const [value, other] = [actual[name], expected[name]]
    expect(value === null, name).toBe(other === null)
    expect(Math.abs((value ?? 0) - (other ?? 0)), name).toBeLessThanOrEqual(share * (other ?? 0))
  }
}
