import { ExperienceError } from '../../../base/experience-error.ts'
import { type Offset, partitionText, type TopicPartition } from '../../../base/position.ts'
import type { RecordBatch } from '../../record.ts'

/** A partition to fetch from, and what is done with what comes. */
export interface FetchTarget extends TopicPartition {
  /** Where to fetch next. */
  readonly position: Offset
  /** Where to end; undefined for never. */
  readonly limit?: Offset | undefined
  /** Bytes that it would take now; 0 for nothing. */
  room(): number
  /** Whether it can go on with nothing but what is fetched next, so that it must not wait for others to make room. */
  readonly isUrgent?: boolean
  /** Takes a batch that begins at `position`, and moves `position` to its end; `isBehind` says that there is more to fetch already. */
  accept(batch: RecordBatch, bytes: number, isBehind: boolean): void
}

export interface KafkaFetcherOptions {
  /** Bytes after which a broker answers without waiting for more. */
  readonly minBytes: number
  /** How long a broker may wait for `minBytes`, ms; 0 for no longer than for the first byte. */
  readonly lingerMs: number
  /** Bytes that all targets together may hold. */
  readonly bufferBytes: number
  /** Is told of a target that is beyond its partition's end. Rejects if that is an error. */
  readonly beyondEnd: (target: FetchTarget) => Promise<void>
}

/** Before a broker that failed, or a leader that refused, is asked again. */
export const RETRY_MS = 200
/** What `beyondEnd` throws where nothing explains that a partition is shorter than what was read of it. */
export function shorterLog(target: FetchTarget): ExperienceError {
  return new ExperienceError(
    'StorageError',
    `Kafka's log is shorter than what was read of it before: ${partitionText(target)} at ${target.position}`,
  )
}
