import { ExperienceError } from '../../base/experience-error.ts'
import { positionText } from '../../base/position.ts'
import { adviceOn, shareText } from '../../consumers/dead-letters/too-many-dead-letters.ts'
import type { HeldTopic } from './held-topic.ts'
import type { HeldTopicSummary } from './held-topic-summary.ts'

/** What a projector says when a topic is held: why, and what to do. */
export function holdNotice(held: HeldTopic): string {
  const { topic, position, heldAt, reason, example, message } = held
  return (
    `the topic ${topic} is held at ${positionText(position)} (since ${heldAt}); the others continue. ${shareText(held)}. Most are ${reason}, ` +
    `such as ${example}: ${message}. Nothing from there on was written, and nothing is lost. ${adviceOn(reason)}. Then ` +
    `"experience-log dead-letters release ${topic}" lets everything through that the topic holds by then, as events and dead letters`
  )
}

const NAMED_TOPICS = 10

/** What ends a question, or follows an answer that lacks records. Says which topics are held and since where. */
export function topicHeld(held: readonly Pick<HeldTopic, 'topic' | 'position' | 'reason'>[]): ExperienceError {
  return topicHeldFrom(held.map((each) => ({ ...each, position: positionText(each.position) })))
}

/** As `topicHeld`, of what a server told. */
export function topicHeldFrom(
  held: readonly Pick<HeldTopicSummary, 'topic' | 'position' | 'reason'>[],
): ExperienceError {
  const named = held
    .slice(0, NAMED_TOPICS)
    .map(({ topic, position, reason }) => `${topic} from ${position} on (${reason})`)
  const more = held.length > named.length ? ` and of ${held.length - named.length} more topics` : ''
  return new ExperienceError(
    'TopicHeld',
    `the read model lacks records of ${named.join(', of ')}${more}: ${held.length === 1 ? 'the topic is' : 'the topics are'} held, ` +
      'because most of the latest records are not events. ' +
      '"experience-log dead-letters held" says more, and "experience-log dead-letters release TOPIC" lets them through',
  )
}
