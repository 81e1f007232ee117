/** What is done with a setting of ClickHouse that a client sends. */
export type SettingUse =
  /** The engine gets it. */
  | { readonly kind: 'engine'; readonly value: RegExp; readonly type: string; readonly fallback: string }
  /** It is lowered to the door's own limit. */
  | { readonly kind: 'limit'; readonly type: string; readonly fallback: string }
  /** It changes no answer here. */
  | { readonly kind: 'ignored'; readonly only?: RegExp }

const FLAG = /^(?:0|1|true|false)$/
const NUMBER = /^\d{1,10}$/
const WORD = /^\w{0,40}$/
/** A separator or a word for NULL: what stands between values is the caller's own matter. */
const TEXT = /^[^\0]{0,16}$/

function engine(value: RegExp, type: string, fallback: string, names: string): [string, SettingUse][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, { kind: 'engine', value, type, fallback }])
}

function ignored(names: string, only?: RegExp): [string, SettingUse][] {
  const use: SettingUse = only === undefined ? { kind: 'ignored' } : { kind: 'ignored', only }
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, use])
}

/**
 * Settings that may come with a statement: what is not listed is refused by its name. Not listed are those that count what is read
 * (`max_rows_to_read`), since others' rows are among that, and those that change how a statement is planned.
 */
export const KNOWN_SETTINGS: ReadonlyMap<string, SettingUse> = new Map<string, SettingUse>([
  ...engine(
    FLAG,
    'Bool',
    '0',
    `join_use_nulls group_by_use_nulls transform_null_in aggregate_functions_null_for_empty cast_keep_nullable
     prefer_column_name_to_alias
     output_format_json_quote_64bit_integers output_format_json_quote_denormals output_format_json_quote_decimals
     output_format_json_quote_64bit_floats output_format_json_named_tuples_as_objects output_format_json_escape_forward_slashes
     output_format_decimal_trailing_zeros output_format_csv_crlf_end_of_line output_format_tsv_crlf_end_of_line
     output_format_arrow_string_as_string output_format_arrow_low_cardinality_as_dictionary output_format_parquet_string_as_string
     output_format_native_write_json_as_string output_format_binary_write_json_as_string output_format_pretty_row_numbers
     output_format_pretty_color`,
  ),
  ...engine(NUMBER, 'UInt64', '10000', 'output_format_pretty_max_rows output_format_pretty_max_column_pad_width'),
  ...engine(/^(?:simple|iso|unix_timestamp)$/, 'DateTimeOutputFormat', 'simple', 'date_time_output_format'),
  ...engine(/^(?:basic|best_effort|best_effort_us)$/, 'DateTimeInputFormat', 'basic', 'date_time_input_format'),
  ...engine(/^(?:|ALL|DISTINCT)$/, 'SetOperationMode', '', 'union_default_mode'),
  ...engine(WORD, 'String', '', 'output_format_parquet_compression_method output_format_arrow_compression_method'),
  ...engine(WORD, 'String', '', 'bool_true_representation bool_false_representation'),
  ...engine(TEXT, 'String', '', 'format_csv_delimiter format_csv_null_representation format_tsv_null_representation'),
  ['session_timezone', { kind: 'engine', value: /^[\w+\-/]{0,64}$/, type: 'Timezone', fallback: '' }],
  ['max_execution_time', { kind: 'limit', type: 'Seconds', fallback: '0' }],
  ['max_result_rows', { kind: 'limit', type: 'UInt64', fallback: '0' }],
  ['limit', { kind: 'limit', type: 'UInt64', fallback: '0' }],
  ['result_overflow_mode', { kind: 'limit', type: 'OverflowMode', fallback: 'throw' }],
  ...ignored(
    `select_sequential_consistency send_progress_in_http_headers http_headers_progress_interval_ms wait_end_of_query buffer_size
     cancel_http_readonly_queries_on_client_close http_response_buffer_size http_zlib_compression_level http_write_exception_in_output_format
     http_connection_timeout http_send_timeout http_receive_timeout connect_timeout send_timeout receive_timeout stacktrace
     network_compression_method network_zstd_compression_level log_comment log_queries max_threads max_block_size max_memory_usage
     max_result_bytes max_query_size output_format_write_statistics async_insert wait_for_async_insert insert_deduplicate
     cast_string_to_dynamic_use_inference allow_experimental_json_type allow_experimental_object_type allow_experimental_variant_type
     allow_experimental_dynamic_type enable_json_type enable_variant_type enable_dynamic_type`,
  ),
  // Nothing is written here in any case, and there is one way to read a statement.
  ...ignored('readonly', /^[012]$/),
  ...ignored('offset', /^0$/),
  ...ignored('enable_analyzer allow_experimental_analyzer', /^(?:1|true)$/),
  ...ignored(
    'extremes output_format_native_encode_types_in_binary_format output_format_binary_encode_types_in_binary_format',
    /^(?:0|false)$/,
  ),
])
