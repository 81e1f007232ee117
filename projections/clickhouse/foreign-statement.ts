import { quoteText } from '../../base/quote-sql.ts'
import type { ForeignQuestion } from '../read-model-store.ts'
import { storageError } from './server-fault.ts'

type Settings = Readonly<Record<string, string | number>>

/**
 * Settings of the statements of who may not see all, on every engine. What a statement may read is seen to where it is printed
 * (queries/sql); these are a second line: no condition moves before a filter, no roll-up, index or cache answers in the table's place.
 */
export const hardenedSettings: Settings = {
  optimize_move_to_prewhere: 0,
  optimize_use_projections: 0,
  use_query_cache: 0,
  optimize_trivial_count_query: 0,
}

/**
 * The same of recent releases: those that may stand behind the wall of a server (docs/security.md) know them, and so does the embedded engine.
 */
export const recentHardened: Settings = {
  optimize_use_implicit_projections: 0,
  query_plan_merge_filters: 0,
  use_query_condition_cache: 0,
  allow_introspection_functions: 0,
}

/** The same of the embedded engine's release. */
const HARDENED_EMBEDDED: Settings = {
  ...recentHardened,
  use_skip_indexes_on_data_read: 0,
  use_top_k_dynamic_filtering: 0,
  use_skip_indexes_for_top_k: 0,
  enable_join_runtime_filters: 0,
}

/** Settings of every foreign statement on the embedded engine. `readonly` forbids writes and most of what reads elsewhere. */
const EMBEDDED: Settings = {
  readonly: 1,
  allow_introspection_functions: 0,
  function_range_max_elements_in_block: 10_000_000,
}

/** TOO_MANY_ROWS_OR_BYTES: what the engine says of an answer beyond its limit. */
const TOO_MANY_BYTES = { code: 396, type: 'TOO_MANY_ROWS_OR_BYTES', text: '' } as const

/** The answer, if it takes no more than it may: the engine's own limit lets a sorted one pass. Error: `StorageError`, as the engine's. */
export function boundedAnswer(answer: Buffer, { limits }: ForeignQuestion): Buffer {
  if (answer.length > limits.resultBytes) throw storageError(TOO_MANY_BYTES)
  return answer
}

/** How an answer in JSON is written, unless the caller wants it otherwise. */
const OUTPUT: Settings = {
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  output_format_json_validate_utf8: 1,
}

/** A foreign SELECT with its limits, format, and settings that nothing else is stronger than. */
export function foreignStatement(
  { sql, format, settings: wanted = {}, tenant, limits }: ForeignQuestion,
  where: 'server' | 'embedded',
  others: Settings = {},
): string {
  const { rows, more } = limits
  // From who may see all, nothing is to be hidden: the engine plans as it likes.
  const hardened =
    tenant.kind === 'all' ? {} : { ...hardenedSettings, ...(where === 'embedded' ? HARDENED_EMBEDDED : {}) }
  const settings: Settings = {
    ...OUTPUT,
    ...wanted,
    ...hardened,
    ...(where === 'embedded' ? EMBEDDED : {}),
    ...others,
    max_execution_time: Math.ceil(limits.milliseconds / 1000),
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytes,
    // The LIMIT below cuts; a bound that says the same is one that a server can hold a user to.
    max_result_rows: more === 'error' ? rows : rows + 1,
    max_result_bytes: limits.resultBytes,
    result_overflow_mode: 'throw',
    // It counts rows and bytes that were read, whoever's they are.
    output_format_write_statistics: 0,
  }
  const list = Object.entries(settings).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? value : quoteText(value)}`,
  )
  const answer = `SELECT * FROM (${sql}) AS \`own:answer\` LIMIT ${more === 'none' ? rows : rows + 1}`
  return `${SHOWS_BLOCKS.test(format) ? inOwnBlocks(answer) : answer} SETTINGS ${list.join(', ')} FORMAT ${format}`
}

/** Formats that write an answer in the blocks in which the engine holds it. */
const SHOWS_BLOCKS = /^(?:Native|Arrow|ArrowStream|Parquet|ORC|Avro|Columns|JSON\w*Columns\w*|Pretty\w*)$/

/**
 * The same rows in the same order, in blocks that their number alone decides: those of a view are cut where granules end, so that the first and
 * last would tell how many rows of others lie beside a tenant's. Sorted rows are put together anew.
 */
function inOwnBlocks(answer: string): string {
  return `SELECT * FROM (${answer}) AS \`own:rows\` ORDER BY rowNumberInAllBlocks()`
}
