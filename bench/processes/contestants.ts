import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventTopics } from '../topics/event-topics.ts'
import type { RecordShape } from '../topics/flat-record.ts'
import { withChild } from './child.ts'
import type { KafkaEngineTask } from './kafka-engine-process.ts'
import type { ProjectorTask } from './projector-process.ts'
import type { ProjectionRun } from './runs.ts'

export const PROJECTOR = new URL('projector-process.ts', import.meta.url)
const KAFKA_ENGINE = new URL('kafka-engine-process.ts', import.meta.url)

/** How the baseline is called in reports. */
export function kafkaEngineName(shape: RecordShape): string {
  return `Kafka engine, ${shape} flat records`
}

/** Our projector, in a new process with new tables. */
export function projectOurs(directory: string, topics: EventTopics): Promise<ProjectionRun> {
  return inFolder(directory, (folder) =>
    withChild(PROJECTOR, projectorTask(folder, topics), (child) => child.ask<ProjectionRun>('project')),
  )
}

/** What a process is told that holds the service on the topics, with its read model in the folder. */
export function projectorTask(folder: string, { environment, events }: EventTopics): ProjectorTask {
  return { environment: { ...environment, EXPERIENCE_LOG_DATA: folder }, events }
}

/** ClickHouse's Kafka engine, in a new process with new tables. */
export function projectByKafkaEngine(
  directory: string,
  { environment, events, partitions, flatTopics }: EventTopics,
  shape: RecordShape,
): Promise<ProjectionRun> {
  return inFolder(directory, (folder) => {
    const task: KafkaEngineTask = {
      directory: folder,
      events,
      options: {
        database: 'bench',
        brokers: environment['KAFKA_BROKERS']!.split(','),
        topic: flatTopics[shape],
        // The folder's name is used once only.
        group: folder.replaceAll('/', '-'),
        partitions,
      },
    }
    return withChild(KAFKA_ENGINE, task, (child) => child.ask<ProjectionRun>('project'))
  })
}

/** Throws where the two tables do not hold the same events. */
export function checkEqual(ours: ProjectionRun['content'], theirs: ProjectionRun['content'], shape: RecordShape): void {
  if (ours.rows === theirs.rows && ours[shape] === theirs[shape]) return
  throw new Error(`the tables differ: ours ${JSON.stringify(ours)}, the Kafka engine's ${JSON.stringify(theirs)}`)
}

async function inFolder<Result>(directory: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(directory, 'read-model-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
