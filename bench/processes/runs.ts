import type { TableContent } from './table-content.ts'

/** How a log became rows. */
export interface ProjectionRun {
  /** From the start of the consumers until a query sees the last row, ms. */
  readonly ms: number
  readonly content: TableContent
}

/** How the rows were made anew. */
export interface RebuildRun {
  /** From the start to the end of the log, ms. */
  readonly projectedMs: number
  /** From the start until readers follow the new tables, which were proved to equal the log, ms. */
  readonly switchedMs: number
  readonly content: TableContent
}
