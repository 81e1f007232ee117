import type { RecordBatch } from '../../log/event-log.ts'

/** Told of ranges that could not be projected and will be tried again. */
export type ReportFailure = (error: unknown, batch: RecordBatch) => void
