import type { TenantTopics } from '../../log/tenant-topics.ts'
import { rollUpMeasures } from '../../projections/events/roll-up.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { Difference } from './difference.ts'

/** The measures that must be equal to the last digit; percentiles are approximate by their nature. */
const exactMeasures = [
  'events',
  'passed',
  'latencies',
  'latency_ms',
  'highest_latency_ms',
  'tokens',
  'cost_microdollars',
] as const satisfies readonly (keyof typeof rollUpMeasures)[]

/** What one part of the table adds up to for a tenant, in the order of `exactMeasures`; a sum of none is null. */
export interface PartSums {
  readonly part: string
  readonly tenant: string
  readonly sums: readonly (string | null)[]
}

/**
 * Compares the roll-up, which the table keeps by itself, with the rows that it stands for, tenant by tenant. Both are read part
 * by part: parts never change, so that those which both readings saw can be compared while the table grows and merges.
 */
export async function differingRollUps(
  store: ReadModelStore,
  generation: Generation,
  topics: TenantTopics,
  among: readonly string[] | 'all',
): Promise<Difference[]> {
  const tenants = tenantsOf(topics, among)
  const read = async (settings: string): Promise<PartSums[]> =>
    store.query<PartSums>({
      sql: `SELECT _part AS part, tenant_id AS tenant,
          [${exactMeasures.map((measure) => `toString(${rollUpMeasures[measure]})`).join(', ')}] AS sums
        FROM ${store.table(generation.eventsTable)}
        ${tenants === null ? '' : 'WHERE tenant_id IN {tenants:Array(String)}'}
        GROUP BY part, tenant SETTINGS ${settings}`,
      params: tenants === null ? {} : { tenants },
    })
  const rows = await read('optimize_use_projections = 0')
  // An empty table has no roll-up that could be forced.
  if (rows.length === 0) return []
  const rollUps = await read('optimize_use_projections = 1, force_optimize_projection = 1')
  return compareRollUps(rows, rollUps).map(({ tenant, ...difference }) => ({
    topic: topics.topic('events', tenant === '' ? null : tenant),
    ...difference,
  }))
}

/** The tenants of the topics; null for all, also where a topic's name does not tell its tenant. */
function tenantsOf(topics: TenantTopics, among: readonly string[] | 'all'): string[] | null {
  if (among === 'all') return null
  const tenants = among.map((topic) => topics.tenant(topic))
  return tenants.includes(undefined) ? null : tenants.map((tenant) => tenant ?? '')
}

interface RollUpDifference {
  readonly tenant: string
  readonly measure: string
  readonly log: string
  readonly tables: string
}

/**
 * Compares what both readings say of the parts that both saw, tenant by tenant. Exported for its test, since ClickHouse does not let
 * roll-ups differ.
 */
export function compareRollUps(rows: readonly PartSums[], rollUps: readonly PartSums[]): RollUpDifference[] {
  const partsOf = (sums: readonly PartSums[]): Set<string> => new Set(sums.map(({ part }) => part))
  const rolledUp = partsOf(rollUps)
  const common = new Set([...partsOf(rows)].filter((part) => rolledUp.has(part)))
  const expected = byTenant(rows, common)
  const actual = byTenant(rollUps, common)
  return [...new Set([...expected.keys(), ...actual.keys()])].toSorted().flatMap((tenant) =>
    exactMeasures.flatMap((name, index) => {
      const log = expected.get(tenant)?.[index] ?? 0n
      const tables = actual.get(tenant)?.[index] ?? 0n
      const measure = `roll-up of ${name}`
      return log === tables ? [] : [{ tenant, measure, log: log.toString(), tables: tables.toString() }]
    }),
  )
}

function byTenant(sums: readonly PartSums[], parts: ReadonlySet<string>): Map<string, bigint[]> {
  const tenants = new Map<string, bigint[]>()
  for (const each of sums) {
    if (!parts.has(each.part)) continue
    const before = tenants.get(each.tenant)
    const values = exactMeasures.map((name, index) => {
      const value = BigInt(each.sums[index] ?? 0)
      const sum = before?.[index] ?? 0n
      return name === 'highest_latency_ms' ? (value > sum ? value : sum) : sum + value
    })
    tenants.set(each.tenant, values)
  }
  return tenants
}
