import type { EngineFault } from '../clickhouse/engine-fault.ts'

/** A policy as `system.row_policies` has it; its filter as the server prints it. */
export interface PolicyRow {
  readonly short_name: string
  /** Empty for a policy of the whole database. */
  readonly table: string
  readonly filter: string | null
  readonly is_restrictive: number
  readonly apply_to_all: number
  readonly apply_to_list: readonly string[]
  readonly apply_to_except: readonly string[]
}

/** A setting as `system.settings` has it for the user who asks. */
export interface SettingRow {
  readonly name: string
  readonly value: string
  /** 1 where this user may not change it. */
  readonly readonly: number
  /** The most that this user may set it to; null without a bound. */
  readonly max: string | null
}

/** What a server answers, or what it refuses to. */
export type Told<Answer> = { readonly answer: Answer } | { readonly refused: string }

/** What is known of a server that is to be a wall. What comes after the views is what the door's user gets to see. */
export interface WallFacts {
  readonly release: string
  readonly policies: Told<readonly PolicyRow[]>
  /** The policy's filter, as this server would print it. */
  readonly wantedFilter: string
  /** Views that run as somebody else than who asks. */
  readonly definerViews: readonly string[]
  readonly grants: Told<readonly string[]>
  readonly settings: Told<readonly SettingRow[]>
  /** The tenant that a statement has which names none. */
  readonly tenant: Told<string>
  /** Tables and views of which a statement without a tenant sees rows. */
  readonly seen: Told<readonly string[]>
  /** Tables of the server's own that tell of others' statements and rows. */
  readonly systemTables: Told<readonly string[]>
  /** Whether a statement is taken as the service sends it. */
  readonly question: Told<unknown>
}

/** The number of ClickHouse's fault and its name: its words may quote what was sent. */
export function faultWords({ number, message }: EngineFault): string {
  return `${message} (code ${number})`
}
