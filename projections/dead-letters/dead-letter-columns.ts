import {
  bytes,
  int32,
  int64,
  milliseconds,
  nullable,
  repeated,
  string,
  textMap,
  uint32,
} from '../columns/column-types.ts'
import { column, type RowOf } from '../columns/table-columns.ts'

/** The columns of `dead_letters`: where the record stands, what is wrong with it, and the record as it was. */
export const deadLetterColumns = {
  tenant_id: column(
    nullable(string),
    "Tenant by the topic's name; '' for events without one; NULL where the name does not tell",
  ),
  topic: column(repeated, 'Where the log holds the record'),
  partition: column(int32, 'Where the log holds the record'),
  offset: column(int64, 'Where the log holds the record'),
  logged_at: column(milliseconds, 'When the log took the record'),
  reason: column(repeated, 'Why it is no event: a word'),
  message: column(string, 'Why it is no event, in words'),
  field: column(nullable(string), 'Path of the faulty field, where there is one'),
  schema_id: column(nullable(uint32), 'Schema that the record names'),
  record_key: column(string, 'Key of the record'),
  headers: column(textMap, 'Headers of the record'),
  record_value: column(nullable(bytes), 'Bytes of the record; NULL where it has none', 'ZSTD(1)'),
}

/** One row of `dead_letters`. */
export type DeadLetterRow = RowOf<typeof deadLetterColumns>
