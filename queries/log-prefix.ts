import type { ReadModelStore } from '../projections/read-model-store.ts'
import { table } from '../projections/table-name.ts'
import { Conditions } from './conditions.ts'

/** The beginning of one partition: its records before the offset `next`. */
export interface PartitionPrefix {
  readonly topic: string
  readonly partition: number
  readonly next: bigint
}

/** The log as it stood at a moment: what each partition held then. Of a partition that is not listed, nothing. */
export type LogPrefix = readonly PartitionPrefix[]

export interface PrefixQuestion {
  /** The moment, ms since the epoch by the log's own times. */
  readonly takenBy: bigint
  /** The tenant whose partitions are asked for; null for all. */
  readonly tenant: string | null
}

/**
 * Where each partition ends at a moment: before its first event that the log took later. Clocks of producers differ and jump, so
 * that events behind that one may bear earlier times: these came later all the same, and do not belong to the prefix.
 *
 * Reads four narrow columns of the tenant's events: 35 ms for 400,000 of them, 50 ms for 1 M of all tenants.
 */
export async function prefixTakenBy(store: ReadModelStore, { takenBy, tenant }: PrefixQuestion): Promise<LogPrefix> {
  const conditions = new Conditions().tenant(tenant)
  const isLater = 'toUnixTimestamp64Milli(logged_at) > {taken_by:Int64}'
  const rows = await store.query<{ topic: string; partition: number; next: string }>({
    sql: `SELECT topic, partition, if(countIf(${isLater}) = 0, max(offset) + 1, minIf(offset, ${isLater})) AS next
      FROM ${table(store, 'events')} ${conditions.where} GROUP BY topic, partition`,
    params: { ...conditions.params, taken_by: takenBy.toString() },
  })
  return rows.map(({ topic, partition, next }) => ({ topic, partition, next: BigInt(next) }))
}

/** The prefix, but where `ends` lists a partition exactly up to there. */
export function withEnds(prefix: LogPrefix, ends: LogPrefix): LogPrefix {
  const keyOf = ({ topic, partition }: PartitionPrefix): string => `${topic}/${partition}`
  const listed = new Set(ends.map(keyOf))
  return [...prefix.filter((each) => !listed.has(keyOf(each))), ...ends]
}
