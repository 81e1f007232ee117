import type { CommittedOffset } from '../../group-consumer.ts'

/**
 * Kafka keeps commits under the names of topics. It forgets them a while after the topic, and not at all where the group's
 * coordinator was down then, so that a topic made anew could be taken for read. Hence each commit says beside its text which
 * topic it is of, and counts for no other of that name.
 */
export function withTopicId(text: string, topicId: string | undefined): string {
  return topicId === undefined ? text : `${text}@${topicId}`
}

const COMMITTED = /^(.*?)(?:@([0-9a-f]{32}))?$/s

/**
 * The commit as it was made, or null where it is of an earlier topic of the name. Where either side names no id (brokers before
 * Kafka 2.8, tools, releases before this one), it counts.
 */
export function commitOfTopic(stored: CommittedOffset, topicId: string | undefined): CommittedOffset | null {
  const [, text = '', committedId] = COMMITTED.exec(stored.metadata) ?? []
  const isOfAnother = committedId !== undefined && topicId !== undefined && committedId !== topicId
  return isOfAnother ? null : { ...stored, metadata: text }
}
