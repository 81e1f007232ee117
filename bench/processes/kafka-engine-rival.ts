import { basename } from 'node:path'
import { RECORD_SHAPES, type RecordShape } from '../topics/flat-record.ts'
import type { EventTopics } from '../topics/event-topics.ts'
import { withChild } from './child.ts'
import { inFolder } from './in-folder.ts'
import type { KafkaEngineTask } from './kafka-engine-process.ts'
import type { ProjectionRun } from './runs.ts'
import type { TableContent } from './table-content.ts'

const PROGRAM = new URL('kafka-engine-process.ts', import.meta.url)

/** What the Kafka engine did with records of each shape. */
export type KafkaEngineRuns = Readonly<Record<RecordShape, ProjectionRun>>

/** How reports name it. */
export function kafkaEngineName(shape: RecordShape): string {
  return `Kafka engine, ${shape} flat records`
}

/** ClickHouse's Kafka engine on records of each shape, each time in a new process with new tables. */
export async function projectByKafkaEngine(directory: string, topics: EventTopics): Promise<KafkaEngineRuns> {
  return { whole: await projectShape(directory, topics, 'whole'), lean: await projectShape(directory, topics, 'lean') }
}

function projectShape(
  directory: string,
  { environment, events, partitions, flatTopics }: EventTopics,
  shape: RecordShape,
): Promise<ProjectionRun> {
  return inFolder(directory, (folder) => {
    const brokers = environment['KAFKA_BROKERS']!.split(',')
    const options = { database: 'bench', brokers, topic: flatTopics[shape], group: basename(folder), partitions }
    const task: KafkaEngineTask = { directory: folder, events, options }
    return withChild(PROGRAM, task, (child) => child.ask<ProjectionRun>('project'))
  })
}

/** Throws where the tables do not hold the same events. */
export function checkEqual(ours: TableContent, runs: KafkaEngineRuns): void {
  for (const shape of RECORD_SHAPES) {
    const theirs = runs[shape].content
    if (ours.rows === theirs.rows && ours[shape] === theirs[shape]) continue
    throw new Error(`the tables differ: ours ${JSON.stringify(ours)}, the Kafka engine's ${JSON.stringify(theirs)}`)
  }
}
