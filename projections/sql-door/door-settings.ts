import { hardenedSettings, recentHardened } from '../clickhouse/foreign-statement.ts'
import { sentSettings } from '../clickhouse/sent-settings.ts'
import type { SqlDoor } from './sql-door.ts'
import { TENANT_SETTING } from './tenant-seal.ts'

type SettingValue = string | number

/** A setting of the door's user: its value, and whether a statement may change it. */
export interface DoorSetting {
  readonly name: string
  /** Null: whatever the server has. */
  readonly value: SettingValue | null
  /** Whether it stays as it is; else the statement chooses, within the bounds if there are any. */
  readonly isConstant: boolean
  readonly bounds?: readonly [least: number, most: number]
}

/**
 * The settings of the door's user. They are the user's own, not of a profile, which others could come to share. With `readonly = 1` a
 * statement can change only what says so here.
 */
export function doorSettings({ limits, chosen }: SqlDoor): DoorSetting[] {
  const isChosen = new Set(chosen)
  const values: Readonly<Record<string, SettingValue>> = {
    ...sentSettings,
    ...recentHardened,
    ...hardenedSettings,
    output_format_json_validate_utf8: 1,
    output_format_write_statistics: 0,
    // What the client sends by itself.
    enable_http_compression: 1,
    cancel_http_readonly_queries_on_client_close: 1,
    readonly: 1,
  }
  const constant = Object.entries(values)
    .filter(([name]) => !isChosen.has(name))
    .map(([name, value]) => ({ name, value, isConstant: true }))
  const free = chosen.map((name) => ({ name, value: values[name] ?? null, isConstant: false }))
  const bounded = Object.entries({
    max_execution_time: Math.ceil(limits.milliseconds / 1000),
    max_memory_usage: limits.memoryBytes,
    // One more tells that there are more.
    max_result_rows: limits.rows + 1,
    max_result_bytes: limits.resultBytes,
  }).map(([name, most]) => ({ name, value: most, isConstant: false, bounds: [1, most] as const }))
  return [...constant, ...free, ...bounded, { name: TENANT_SETTING, value: '', isConstant: false }]
}
