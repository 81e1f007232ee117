import { Session } from 'chdb'
import { kafkaEngineTables, startKafkaEngine, type KafkaEngineOptions } from '../baselines/kafka-engine.ts'
import { measureEffort, type ProjectionRun } from './runs.ts'
import { readTask, serve } from './serve.ts'
import { contentOf, type TableContent } from './table-content.ts'
import { untilRows } from './until-rows.ts'

/** ClickHouse's Kafka table engine in an engine of its own. */
export interface KafkaEngineTask {
  readonly directory: string
  readonly options: KafkaEngineOptions
  /** Rows that there will be when all is read. */
  readonly events: number
}

const { directory, options, events } = readTask() as KafkaEngineTask
const session = new Session(directory)
const table = `${options.database}.events`

async function query<Row>(sql: string): Promise<Row> {
  return (await session.queryAsync(sql, { format: 'JSONEachRow' })).json<Row>()
}

async function project(): Promise<ProjectionRun> {
  for (const statement of kafkaEngineTables(options)) await session.queryAsync(statement)
  const effort = measureEffort()
  await session.queryAsync(startKafkaEngine(options.database))
  try {
    await untilRows(events, async () => (await query<{ rows: number }>(`SELECT count() AS rows FROM ${table}`)).rows)
  } catch (error) {
    const faults = await session.queryAsync('SELECT exceptions.text[1] FROM system.kafka_consumers')
    throw new Error(`${String(error)} ${faults.text().slice(0, 2000)}`, { cause: error })
  }
  return { ...effort(), content: await query<TableContent>(contentOf(table)) }
}

serve({ project })
