import type { Dependencies } from '../dependencies.ts'
import type { TopicGroup } from './topic-chunks.ts'
import type { Selection } from '../../consumers/selection.ts'
import { readRecord } from '../../consumers/read-record.ts'
import { TopicSums } from './topic-sums.ts'

export interface FoldParts extends Pick<Dependencies, 'log' | 'topics' | 'decoders'> {
  /** What to add up. Default: everything. */
  readonly selection?: Selection
}

/** Adds up topics from the log alone, up to the given offsets: in one reading, since each begins with several requests. */
export async function foldTopics(
  { log, topics, decoders, selection }: FoldParts,
  chunk: TopicGroup,
): Promise<ReadonlyMap<string, TopicSums>> {
  const all = new Map(Array.from(chunk, ([topic, partitions]) => [topic, new TopicSums(partitions)] as const))
  const ranges = [...chunk.values()].flat().map(({ topic, partition, earliest, next }) => ({
    topic,
    partition,
    from: earliest,
    to: next,
  }))
  for await (const batch of log.read(ranges)) {
    const sums = all.get(batch.topic)
    if (sums === undefined) continue
    sums.addRange(batch)
    const found = await decoders.findFor(batch.records)
    for (const record of batch.records) {
      const read = readRecord(record, found, topics)
      if (read.kind === 'bad') {
        if (selection?.takesDeadLetter(read) !== false) sums.addDeadLetter(record)
      } else if (selection?.takesEvent(read.event) !== false) sums.addEvent(read.event)
    }
  }
  return all
}
