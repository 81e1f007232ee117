import { partitionText } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { Difference } from './difference.ts'

/**
 * Commits of the projectors' group beyond the end of the log: what is appended there later would be taken for projected. The
 * group is asked first, so that the log can only have grown since.
 */
export async function commitsBeyondEnd(log: EventLog, group: string, topics: readonly string[]): Promise<Difference[]> {
  if (topics.length === 0) return []
  const committed = await log.committed(group, topics)
  const ends = new Map<string, bigint>()
  for (const { topic, partition, next } of await log.offsets(topics))
    ends.set(partitionText({ topic, partition }), next)
  return committed.flatMap(({ topic, partition, offset }) => {
    const end = ends.get(partitionText({ topic, partition })) ?? 0n
    if (offset <= end) return []
    const measure = `committed offset of partition ${partition}, beyond the end of the log`
    return [{ topic, measure, log: end.toString(), tables: offset.toString() }]
  })
}
