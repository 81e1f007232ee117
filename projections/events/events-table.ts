import { columnDefinitions } from '../columns/table-columns.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'
import { currentForm, type ProjectionForm } from '../forms/form.ts'
import { formMark } from '../forms/stored-form.ts'
import type { eventColumns } from './event-columns.ts'
import { rollUpProjection } from './roll-up.ts'

/**
 * Ids that events are looked up by, with or without a tenant. Bloom filters: at 10 M rows a chain is found with 11 ms of CPU, six
 * times less than by scanning even at 3 M, for 3 bytes a row. A tenth of the usual rate of false hits saves a fifth of a look-up, since
 * each false hit reads a granule in vain (`docs/decisions/0016-finding-events-among-ten-million.md`, with the alternatives).
 */
const lookedUpBy = [
  'event_id',
  'correlation_id',
  'chain_id',
  'proposal_id',
  'fact_id',
  'trace_link_id',
  'artifact_id',
] as const satisfies readonly (keyof typeof eventColumns)[]

const indexes = lookedUpBy
  .map((column) => `INDEX ${quoteIdentifier(`by_${column}`)} ${quoteIdentifier(column)} TYPE bloom_filter(0.001)`)
  .concat(
    // Rare kinds, such as rollbacks, are few among many.
    'INDEX by_kind `kind` TYPE set(14)',
    // Without a tenant the primary key does not order by instant: the first or last 100 events of 10 M in 25 ms of CPU, not 120.
    'INDEX by_instant `instant` TYPE minmax',
  )
  .join(',\n  ')

/**
 * The statement that creates a table of events, if it does not exist. `qualifiedName` is what `store.table()` gave.
 *
 * - Order: questions name a tenant and a range of time, and answers come in the order of instants; ties in that of the log.
 * - No partitions: a token, and atomicity, hold for one part, so that an insert must stay one.
 * - Compact parts below 256 MB (10 MB by default): a wide part of these columns is 200 files. Together with enumerations for
 *   dictionaries, 3.1 instead of 10.6 µs of CPU a row, 430,000 instead of 94,000 rows/s at 50,000 a batch.
 * - Window: tokens of this many inserts are remembered, hours at full speed.
 * - Comment: tells the version of the form.
 */
export function createEventsTable(qualifiedName: string, form: ProjectionForm = currentForm): string {
  return `CREATE TABLE IF NOT EXISTS ${qualifiedName} (
  ${columnDefinitions(form.eventColumns)},
  ${indexes},
  ${rollUpProjection}
)
ENGINE = MergeTree
PRIMARY KEY (tenant_id, instant)
ORDER BY (tenant_id, instant, topic, partition, offset)
SETTINGS
  non_replicated_deduplication_window = 100000,
  min_bytes_for_wide_part = 268435456
COMMENT 'Experience events, each once: read them through the view events and the views of each kind; ${formMark(form.version)}'`
}
