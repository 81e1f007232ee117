import { ExperienceError } from '../../base/experience-error.ts'
import type { BadRecord, BadRecordReason } from '../read-record.ts'
import type { ExceededShare } from './share-limit.ts'

/** What an operator should look at first. */
const ADVICE: Readonly<Record<BadRecordReason, string>> = {
  NotFramed: 'Check what writes to this topic: it is not the Confluent wire format',
  UnknownSchema:
    "Check that SCHEMA_REGISTRY_URL is the registry with which the topic's producers register their schemas",
  Undecodable: "Check that SCHEMA_REGISTRY_URL is the producers' registry, and what writes to this topic",
  UnknownKind: "Bring this release up to that of the topic's producers, which knows more kinds of event",
  UnknownWord: "Bring this release up to that of the topic's producers, which knows more words",
  Invalid: 'Check the producer of this topic: its events break the contract',
  WrongTopic: "Check the producer of this topic: it writes another tenant's events there",
}

/** The error that ends a projector whose bad records are too many. */
export function tooManyDeadLetters(exceeded: ExceededShare): ExperienceError {
  const { bad, records, share, window, commonest } = exceeded
  const { reason, count, example } = commonest
  const { topic, partition, offset } = example.record
  return new ExperienceError(
    'TooManyDeadLetters',
    `the projector stopped: ${bad} of the latest ${records} records (${percent(bad / records)}) are no events, which is more ` +
      `than the share of ${share} that PROJECTOR_DEAD_LETTER_SHARE allows (window: ${window} records). Most are ${reason} in ` +
      `topic ${topic} (${count}), such as ${topic}/${partition}/${offset}: ${faultOf(example)}. Of the range that exceeded the ` +
      `share nothing was written, and nothing is lost. ${ADVICE[reason]}; then start again. To have such records put into the ` +
      `dead letters, raise PROJECTOR_DEAD_LETTER_SHARE (1: never stop)`,
  )
}

function faultOf({ message, field }: BadRecord): string {
  return field === null || message.startsWith(field) ? message : `${field}: ${message}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
