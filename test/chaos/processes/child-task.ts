import { readFileSync, writeFileSync } from 'node:fs'
import type { StreamSpec } from '../writing/event-stream.ts'

/** Writes down what a child process is to do; its only argument is where. An argument has no room for thousands of tenants. */
export function writeTask(path: string, task: WriterTask | AuditTask): string {
  writeFileSync(path, JSON.stringify(task))
  return path
}

export function readTask(): unknown {
  return JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
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
