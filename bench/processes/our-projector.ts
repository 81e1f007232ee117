import type { EventTopics } from '../topics/event-topics.ts'
import { withChild, type Child } from './child.ts'
import type { ProjectorTask } from './projector-process.ts'
import type { ProjectionRun } from './runs.ts'
import { inFolder } from './in-folder.ts'

const PROGRAM = new URL('projector-process.ts', import.meta.url)

/** Our projector, in a new process with new tables. */
export function projectOurs(directory: string, topics: EventTopics): Promise<ProjectionRun> {
  return inFolder(directory, (folder) => withProjector(folder, topics, (child) => child.ask<ProjectionRun>('project')))
}

/** A process that holds the service on the topics, with its read model in the folder. */
export function withProjector<Result>(
  folder: string,
  { environment, events }: EventTopics,
  work: (child: Child) => Promise<Result>,
): Promise<Result> {
  const task: ProjectorTask = { environment: { ...environment, EXPERIENCE_LOG_DATA: folder }, events }
  return withChild(PROGRAM, task, work)
}
