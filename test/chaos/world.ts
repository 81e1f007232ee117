import type { AuditReport } from './processes/child-task.ts'

export interface RoundResult extends AuditReport {
  /** What happened that must not, beside lost or different events. */
  readonly surprises: readonly string[]
}

/** An installation that rounds of faults are done to. */
export interface World<Round> {
  /** Writes, does the round's faults, lets everything recover, and audits what was touched. */
  run(round: Round): Promise<RoundResult>
  /** Audits everything that was ever written. */
  auditEverything(): Promise<RoundResult>
  /** The largest resident size of a process of ours, MiB. */
  readonly peakMiB: number
  /** Ends it in order; answers with what went wrong thereby. */
  stop(): Promise<string[]>
  /** Ends it by force. */
  abandon(): Promise<void>
}
