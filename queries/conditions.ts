import type { LogPrefix } from './log-prefix.ts'

/** Collects the conditions of a WHERE clause with their parameters. Columns and conditions are constants of ours. */
export class Conditions {
  private readonly parts: string[] = []
  readonly params: Record<string, unknown> = {}

  /** Adds a condition; its parameters' names must be its own. */
  add(condition: string, params: Readonly<Record<string, unknown>> = {}): this {
    this.parts.push(condition)
    Object.assign(this.params, params)
    return this
  }

  /** Adds `column = value` unless the value is null. */
  equals(column: string, value: string | null): this {
    return value === null ? this : this.add(`${column} = {${column}:String}`, { [column]: value })
  }

  /**
   * Limits to a tenant unless it is null. The table holds events without a tenant under '', which no question may mean: tenant
   * ids are never empty.
   */
  tenant(tenant: string | null): this {
    return tenant === '' ? this.add('false') : this.equals('tenant_id', tenant)
  }

  /**
   * Limits to what the log held at a moment, unless it is null. One look into a hash table for each row, whatever the number of
   * partitions: as cheap as a comparison of times, and exact where clocks jump.
   */
  within(prefix: LogPrefix | null): this {
    if (prefix === null) return this
    if (prefix.length === 0) return this.add('false')
    return this.add(
      `offset < transform(concat(topic, '/', toString(partition)),
        {prefix_partitions:Array(String)}, {prefix_ends:Array(Int64)}, toInt64(0))`,
      {
        prefix_partitions: prefix.map(({ topic, partition }) => `${topic}/${partition}`),
        prefix_ends: prefix.map(({ next }) => next),
      },
    )
  }

  /** The whole clause; empty without conditions. */
  get where(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`
  }
}
