import { ExperienceError } from '../../base/experience-error.ts'
import { positionText } from '../../base/position.ts'
import type { BadRecord, BadRecordReason } from '../read-record.ts'
import type { ExceededShare } from './share-limit.ts'

/** What an operator should look at first. */
const ADVICE: Readonly<Record<BadRecordReason, string>> = {
  NotFramed: 'Check what writes to this topic: it is not the Confluent wire format',
  UnknownSchema: "Check that SCHEMA_REGISTRY_URL is the registry where the topic's producers register their schemas",
  Undecodable: "Check that SCHEMA_REGISTRY_URL is the producers' registry, and what writes to this topic",
  UnknownKind: "Upgrade to the release of the topic's producers: it knows more kinds of events",
  UnknownWord: "Upgrade to the release of the topic's producers: it knows more words",
  Invalid: 'Check the producer of this topic: its events break the contract',
  WrongTopic: "Check the producer of this topic: it writes another tenant's events there",
}

/** What to do about records of a reason. */
export function adviceOn(reason: string): string {
  return isKnown(reason) ? ADVICE[reason] : 'Check the producer of this topic'
}

function isKnown(reason: string): reason is BadRecordReason {
  return Object.hasOwn(ADVICE, reason)
}

/** `30 of the latest 35 records (85.7 %) are not events; PROJECTOR_DEAD_LETTER_SHARE allows …` */
export function shareText({ bad, records, share }: Pick<ExceededShare, 'bad' | 'records' | 'share'>): string {
  return `${bad} of the latest ${records} records (${percent(bad / records)}) are not events; PROJECTOR_DEAD_LETTER_SHARE allows ${share}`
}

/** What is wrong with a record, where that is known to the field. */
export function faultOf({ message, field }: Pick<BadRecord, 'message' | 'field'>): string {
  return field === null || message.startsWith(field) ? message : `${field}: ${message}`
}

/** The error that ends a projector which can read no topic at all. */
export function tooManyDeadLetters(exceeded: ExceededShare): ExperienceError {
  const { reason, example } = exceeded.commonest
  return new ExperienceError(
    'TooManyDeadLetters',
    `the projector stopped: ${shareText(exceeded)}, and it can read no event of any topic. Most are ${reason}, such as ` +
      `${positionText(example.record)}: ${faultOf(example)}. None of them was written, and nothing is lost. ${adviceOn(reason)}. Then start again`,
  )
}

function percent(share: number): string {
  // Rounded down: what is not all must not read as 100 %.
  return `${Math.floor(1000 * share) / 10} %`
}
