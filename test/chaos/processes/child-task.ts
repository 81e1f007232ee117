import type { StreamSpec } from '../writing/event-stream.ts'

/** What a child process is to do comes as its only argument, in JSON. */
export function readTask(): unknown {
  return JSON.parse(process.argv[2] ?? '')
}

export interface WriterTask {
  readonly spec: StreamSpec
  readonly journal: string
  readonly perSecond: number
}

export interface AuditTask {
  /** What was written, and where its acknowledgements are noted. */
  readonly written: readonly { readonly spec: StreamSpec; readonly journal: string }[]
  /** How long the projectors may take without any progress, ms. */
  readonly timeoutMs: number
}

export interface AuditReport {
  readonly acknowledged: number
  /** Acknowledged events that the log or the read model lacks. */
  readonly missing: number
  /** What else is not as it should be, in words. */
  readonly differences: readonly string[]
  /** How long the projectors took to catch up, ms. */
  readonly caughtUpMs: number
  /** How many records they were behind. */
  readonly lag: number
}
