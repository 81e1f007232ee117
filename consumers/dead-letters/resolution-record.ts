import type { AppendRequest } from '../../log/event-log.ts'
import { positionHeaders } from './dead-letter-record.ts'
import type { StoredDeadLetter } from './stored-dead-letter.ts'

/** What became of a dead letter: the id of the event that was appended, or why it was discarded. */
export type Resolution =
  { readonly kind: 'retried'; readonly resolvedAs: string } | { readonly kind: 'discarded'; readonly because: string }

/**
 * The record that settles a dead letter. It goes to the same dead-letter topic under the same key, so that it stands behind the
 * letter in one partition. Nothing is ever removed. `now` is in ms since the epoch.
 */
export function resolutionRequest(letter: StoredDeadLetter, resolution: Resolution, now: number): AppendRequest {
  return {
    topic: letter.record.topic,
    record: {
      key: letter.record.key,
      value: new Uint8Array(),
      timestamp: now,
      headers: {
        'dead-letter.resolution': resolution.kind,
        ...positionHeaders(letter.position),
        ...(resolution.kind === 'retried'
          ? { 'dead-letter.resolved-as': resolution.resolvedAs }
          : { 'dead-letter.because': resolution.because }),
      },
    },
  }
}
