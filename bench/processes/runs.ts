import type { TableContent } from './table-content.ts'

/** What a piece of work took. */
export interface Effort {
  /** By the clock. */
  readonly ms: number
  /** CPU of the process and all its threads. Says more than the clock where others use the machine; a broker's is not in it. */
  readonly cpuMs: number
}

/** How a log became rows: from the start of the consumers until a query sees the last row. */
export interface ProjectionRun extends Effort {
  readonly content: TableContent
}

/** How the rows were made anew. */
export interface RebuildRun {
  /** From the start to the end of the log. */
  readonly projected: Effort
  /** From the start until readers follow the new tables, which were proved to equal the log. */
  readonly switched: Effort
  readonly content: TableContent
}

/** Begins to measure; answers with what tells the effort since then. */
export function measureEffort(): () => Effort {
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpuBefore)
    return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
  }
}
