import { ExperienceError } from '../../base/experience-error.ts'
import type { ServerFault } from './server-fault.ts'
import { querySettings } from './statement-text.ts'

type SettingValues = Readonly<Record<string, string | number>>

/**
 * Settings that are sent to a server with every statement, since its profile for this user may hold other values: what a statement
 * says must mean the same everywhere (docs/clickhouse-settings.md). Every supported server knows them.
 */
export const sentSettings: SettingValues = {
  ...querySettings,
  // First, since it takes back whatever a `compatibility` of the profile has changed.
  compatibility: '',
  dialect: 'clickhouse',
  allow_experimental_analyzer: 1,

  // What SQL means.
  aggregate_functions_null_for_empty: 0,
  cast_keep_nullable: 0,
  data_type_default_nullable: 0,
  empty_result_for_aggregation_by_empty_set: 0,
  final: 0,
  group_by_use_nulls: 0,
  join_use_nulls: 0,
  prefer_column_name_to_alias: 0,
  session_timezone: '',
  transform_null_in: 0,
  union_default_mode: '',

  // What would leave out rows without a word. Limits stay the administrator's, but must refuse, not cut off.
  additional_result_filter: '',
  additional_table_filters: '{}',
  limit: 0,
  offset: 0,
  use_query_cache: 0,
  distinct_overflow_mode: 'throw',
  group_by_overflow_mode: 'throw',
  join_overflow_mode: 'throw',
  read_overflow_mode: 'throw',
  read_overflow_mode_leaf: 'throw',
  result_overflow_mode: 'throw',
  set_overflow_mode: 'throw',
  sort_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  timeout_overflow_mode_leaf: 'throw',
  transfer_overflow_mode: 'throw',

  // What forbids ways of executing a statement, and so refuses right ones.
  force_aggregation_in_order: 0,
  force_index_by_date: 0,
  force_optimize_projection: 0,
  force_optimize_projection_name: '',
  force_primary_key: 0,

  // How values are written.
  date_time_output_format: 'simple',
  input_format_native_decode_types_in_binary_format: 0,
  output_format_json_array_of_rows: 0,
  output_format_json_named_tuples_as_objects: 1,
  output_format_json_quote_64bit_floats: 0,
  output_format_json_quote_decimals: 0,
  output_format_json_quote_denormals: 0,
}

/** The same, of later releases: sent to servers that know them. A setting that a server does not know makes it refuse the statement. */
export const recentSettings: SettingValues = {
  // Outranks `insert_deduplicate`, on which exactly-once rests.
  deduplicate_insert: 'enable',
  deduplicate_insert_select: 'enable_when_possible',
  function_date_trunc_return_type_behavior: 0,
  inject_random_order_for_select_without_order_by: 0,
}

/** READONLY, SETTING_CONSTRAINT_VIOLATION, UNKNOWN_SETTING. */
const SETTING_FAULTS: ReadonlySet<number> = new Set([164, 452, 115])

/** A server's refusal of one of these settings, in words that say what to change; null for any other fault. */
export function settingRefusal({ code, type, text }: ServerFault): ExperienceError | null {
  if (!SETTING_FAULTS.has(code)) return null
  const words = new Set(text.match(/\w+/g))
  const refused = Object.entries({ ...sentSettings, ...recentSettings }).find(([name]) => words.has(name))
  if (refused === undefined) return null
  const [name, value] = refused
  const message =
    `CLICKHOUSE_URL: ClickHouse does not let this user set ${name} = '${value}' (${type}, code ${code}), and answers rely on it: ` +
    'give the user a settings profile that has this value, or that is not read-only and has no constraint on the setting'
  return new ExperienceError('InvalidSettings', message, { field: 'CLICKHOUSE_URL' })
}
