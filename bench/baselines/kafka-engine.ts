import { eventColumns } from '../../projections/events/event-columns.ts'
import { createEventsTable } from '../../projections/events/events-table.ts'
import { quoteText } from '../../projections/table-columns.ts'
import { quoteIdentifier } from '../../projections/table-name.ts'
import { flatColumns, flatName } from '../topics/flat-record.ts'

/**
 * ClickHouse's own Kafka table engine, as fast as we could make it. It gives less than the projector does: each record at least
 * once, no dead letters (one bad record stops its partition), no duplicates dropped, nothing computed that is not in the record.
 *
 * It cannot decode our envelope: its AvroConfluent refuses a union of records for columns of every type tried (Tuple, Variant,
 * JSON, Dynamic, String). So it reads flat records that hold the finished row. Measured, CPU of its process for each row:
 * RowBinary 70 µs, JSONEachRow 71, AvroConfluent 90, since of every message it makes a chunk of all columns; and 9 to 12 µs where a
 * message is a single String (RawBLOB) that the view takes apart by one JSONExtract for a whole block. Two consumers with threads of
 * their own, and blocks of at most half a second, were fastest. Headers would cost it; its records have none.
 */
export interface KafkaEngineOptions {
  readonly database: string
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  readonly partitions: number
}

/** More consumers than cores are refused. */
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
  const types = columns.map(([name, { type }, place]) => {
    // A number is a time in whole seconds to JSONExtract, and a dictionary for each block costs more than it saves.
    const sql = name === 'instant' ? 'Int64' : type.sql.replace('LowCardinality(String)', 'String')
    return `${quoteIdentifier(flatName(place))} ${sql}`
  })
  const values = columns.map(([name], index) => {
    const value = `tupleElement(row, ${index + 1})`
    return `${name === 'instant' ? `fromUnixTimestamp64Nano(${value}, 'UTC')` : value} AS ${quoteIdentifier(name)}`
  })
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
