import { partitionText } from '../../base/position.ts'
import { type LogPrefix } from '../as-of/log-prefix.ts'

/** Collects the conditions of a WHERE or HAVING clause with their parameters. Columns and conditions are constants of ours. */
export class Conditions {
  readonly #parts: string[] = []
  readonly params: Record<string, unknown> = {}

  /** Adds a condition; its parameters' names must be its own. */
  add(condition: string, params: Readonly<Record<string, unknown>> = {}): this {
    this.#parts.push(condition)
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
   * Limits to what the log held at a moment, unless it is null. Partitions are looked up in a hash table, so that it costs the
   * same for one and for a thousand.
   */
  within(prefix: LogPrefix | null): this {
    if (prefix === null) return this
    const isTaken = 'toUnixTimestamp64Milli(logged_at) <= {taken_by:Int64}'
    const takenBy = { taken_by: prefix.takenBy.toString() }
    if (prefix.ends.length === 0) return this.add(isTaken, takenBy)
    return this.add(
      `offset < transform(concat(topic, '/', toString(partition)), {end_partitions:Array(String)}, {end_offsets:Array(Int64)},
        if(${isTaken}, toInt64(9223372036854775807), toInt64(0)))`,
      { ...takenBy, end_partitions: prefix.ends.map(partitionText), end_offsets: prefix.ends.map(({ next }) => next) },
    )
  }

  /** The whole clause; empty without conditions. */
  get where(): string {
    return this.#clause('WHERE')
  }

  /** As `where`, on results of groups. */
  get having(): string {
    return this.#clause('HAVING')
  }

  #clause(word: 'WHERE' | 'HAVING'): string {
    return this.#parts.length === 0 ? '' : `${word} ${this.#parts.join(' AND ')}`
  }
}
