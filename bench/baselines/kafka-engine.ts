import { eventColumns } from '../../projections/events/event-columns.ts'
import { createEventsTable } from '../../projections/events/events-table.ts'
import { quoteText } from '../../base/quote-sql.ts'
import { quoteIdentifier } from '../../base/quote-sql.ts'
import { flatColumns, flatName } from '../topics/flat-record.ts'

/**
 * ClickHouse's own Kafka table engine, as fast as we could make it. It gives less than the projector does: each record at least
 * once, no dead letters (one bad record stops its partition), no duplicates dropped, nothing computed that is not in the record.
 *
 * It cannot decode our envelope: AvroConfluent refuses a union of records for a column of Tuple, JSON, Dynamic or String, and a
 * table refuses a Variant of Tuples. So it reads flat records that hold the finished row, without headers. CPU of its process for
 * each row, one run of 400,000 each, two cores shared with others: RowBinary 70 µs, JSONEachRow 71, AvroConfluent 90 (of the
 * 275,320 that it read in 90 s); and 9 to 12 where a message is a single String (RawBLOB), which the view takes apart by one
 * JSONExtract for a whole block. That is what is used here.
 *
 * Settings, 300,000 rows, medians of four runs in turn, in rows/s and µs of CPU a row: these 58,000 and 9.6; one consumer 65,000
 * and 9.0; four 57,000 and 9.7; consumers without threads of their own 39,000 and 12.6; blocks of a quarter of a second 48,000 and
 * 10.2, of a second 43,000 and 10.0; of 262,144 rows or 7.5 s, the default time, 26,000 and 11.9. The first runs of each lie far
 * apart, so that one consumer and two are as good as one another there; two can use both cores where these are free.
 */
export interface KafkaEngineOptions {
  readonly database: string
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  readonly partitions: number
}

const MOST_CONSUMERS = 2
const BLOCK_ROWS = 65_536
const FLUSH_MS = 500

/** What comes before the measured time: the database, the same table of events as ours, and the queue. */
export function kafkaEngineTables(options: KafkaEngineOptions): string[] {
  const settings = {
    kafka_broker_list: quoteText(options.brokers.join(',')),
    kafka_topic_list: quoteText(options.topic),
    kafka_group_name: quoteText(options.group),
    kafka_format: quoteText('RawBLOB'),
    kafka_num_consumers: Math.min(MOST_CONSUMERS, options.partitions),
    kafka_thread_per_consumer: 1,
    kafka_max_block_size: BLOCK_ROWS,
    kafka_poll_max_batch_size: BLOCK_ROWS,
    kafka_flush_interval_ms: FLUSH_MS,
  }
  const settingList = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  const { database, eventsTable, queueTable } = names(options.database)
  return [
    `CREATE DATABASE ${database}`,
    createEventsTable(eventsTable),
    `CREATE TABLE ${queueTable} (record String) ENGINE = Kafka SETTINGS ${settingList.join(', ')}`,
  ]
}

/** The statement that begins the reading. */
export function startKafkaEngine(databaseName: string): string {
  const columns = flatColumns(eventColumns)
  const types = columns.map(([, { type }, place]) => `${quoteIdentifier(flatName(place))} ${type.sql}`)
  const values = columns.map(([name], index) => `tupleElement(row, ${index + 1}) AS ${quoteIdentifier(name)}`)
  const { eventsTable, queueTable, view } = names(databaseName)
  return `CREATE MATERIALIZED VIEW ${view} TO ${eventsTable} AS
SELECT ${values.join(', ')},
  _topic AS topic, toInt32(_partition) AS partition, toInt64(_offset) AS offset, assumeNotNull(_timestamp_ms) AS logged_at
FROM (
  SELECT JSONExtract(record, ${quoteText(`Tuple(${types.join(', ')})`)}) AS row, _topic, _partition, _offset, _timestamp_ms
  FROM ${queueTable}
)`
}

function names(databaseName: string) {
  const database = quoteIdentifier(databaseName)
  return {
    database,
    eventsTable: `${database}.events`,
    queueTable: `${database}.queue`,
    view: `${database}.queue_to_events`,
  }
}
