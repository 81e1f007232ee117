import { ExperienceError } from '../../base/experience-error.ts'
import { positionText } from '../../base/position.ts'
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

/** What to do about records of a reason. */
export function adviceOn(reason: string): string {
  return isKnown(reason) ? ADVICE[reason] : 'Check the producer of this topic'
}

function isKnown(reason: string): reason is BadRecordReason {
  return Object.hasOwn(ADVICE, reason)
}

/** `30 of the latest 35 records (86 %) are no events, which is more than …` */
export function shareText({ bad, records, share }: Pick<ExceededShare, 'bad' | 'records' | 'share'>): string {
  return (
    `${bad} of the latest ${records} records (${percent(bad / records)}) are no events, which is more than the share of ${share} ` +
    'that PROJECTOR_DEAD_LETTER_SHARE allows'
  )
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
    `the projector stopped: ${shareText(exceeded)}, and no topic holds an event that it can read. Most are ${reason}, such as ` +
      `${positionText(example.record)}: ${faultOf(example)}. Nothing of them was written, and nothing is lost. ${adviceOn(reason)}; then start again`,
  )
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`
}
