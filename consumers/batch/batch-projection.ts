import { currentForm, type ProjectionForm } from '../../projections/forms/form.ts'
import { writableColumns, type WritableColumns } from '../../projections/generations/generation-columns.ts'
import { BlockBuilder } from '../../projections/native/block-builder.ts'
import { appendDeadLetters } from '../dead-letters/append-dead-letters.ts'
import type { BadRecord } from '../read-record.ts'
import { BatchDecoder } from './batch-decoder.ts'
import type { BatchRange } from './batch-range.ts'
import { projectBatch } from './project-batch.ts'
import type { BatchBuilders, ProjectionParts } from './batch-parts.ts'

/**
 * Brings ranges of several partitions, one of each, into the read model, each event once. Each of them ends by itself (`handled`), and
 * fails where it has to come again; a rejection ends all that have not ended. Errors: `TopicHeld`, `TooManyDeadLetters` and
 * `FormMismatch` (nothing of the range is written then), `Unavailable`, `StorageError`.
 */
export type BatchProjection = (ranges: readonly BatchRange[]) => Promise<void>

/** Read, deduplicate, insert; records that are no events go to the tenant's dead letters, and the projection goes on. */
export function batchProjection(parts: ProjectionParts): BatchProjection {
  const { log, store, generation, topics, selection, form = currentForm } = parts
  const { appendBad = (bad: readonly BadRecord[]) => appendDeadLetters(log, topics, bad) } = parts
  /** With how many records they have held at most. */
  const idle: { readonly builders: BatchBuilders; readonly most: number }[] = []
  let writable: WritableColumns | null = null

  return async (ranges) => {
    writable ??= await writableColumns(store, generation, form)
    const used = idle.pop()
    const builders = used?.builders ?? {
      reader: new BatchDecoder(form, writable.events, topics, selection),
      deadLetters: new BlockBuilder<ProjectionForm['deadLetterColumns']>(writable.deadLetters),
    }
    // After a failure the store may still be sending what they hold.
    await projectBatch({ ...parts, ...builders, form, appendBad }, ranges)
    const records = ranges.reduce((sum, { batch }) => sum + batch.records.length, 0)
    const most = Math.max(records, used?.most ?? 0)
    // Those of a backlog are too large to be kept for what trickles in after it.
    if (most <= ROOM_TO_SPARE * records) idle.push({ builders, most })
  }
}

const ROOM_TO_SPARE = 8
