import { ExperienceError } from '../../../base/experience-error.ts'
import { kafkaErrorType } from '../client/kafka-failure.ts'
import type { KafkaTopic, KafkaTopics } from '../client/kafka-topics.ts'
import { refusalOf, topicRight } from '../client/right-missing.ts'

const NAMED_TOPICS = 3

/** What an append failed with, in the caller's terms. What is known of its topics and has turned out wrong is forgotten. */
export function appendFailure(error: unknown, known: KafkaTopics, topics: ReadonlyMap<string, KafkaTopic>): unknown {
  const names = [...topics.keys()]
  const type = kafkaErrorType(error)
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'MESSAGE_TOO_LARGE')
    for (const name of names) known.forget(name)
  if (type === 'MESSAGE_TOO_LARGE') return tooLarge(error, topics)
  return refusalOf(error, topicRight('Write', names[0]!))
}

function tooLarge(cause: unknown, topics: ReadonlyMap<string, KafkaTopic>): ExperienceError {
  const hidden = [...topics].filter(([, { maxBatchBytes }]) => maxBatchBytes === null).map(([name]) => name)
  if (hidden.length === 0) {
    const message = 'cannot append: a topic takes smaller batches than it did (max.message.bytes). Append again'
    return new ExperienceError('Unavailable', message, { cause })
  }
  const named = `${hidden.slice(0, NAMED_TOPICS).join(', ')}${hidden.length > NAMED_TOPICS ? ` or ${hidden.length - NAMED_TOPICS} more` : ''}`
  const message =
    `cannot append: topic ${named} takes smaller batches than others do (max.message.bytes), and this client may not see how small. ` +
    'Let an administrator grant it DescribeConfigs on the topic, or raise max.message.bytes to 1048588'
  return new ExperienceError('StorageError', message, { cause })
}
