import type { TenantEvents } from './tenant-events.ts'

/** A tenant whose clients send and ask, by a key of its own. */
export interface LoadTenant {
  readonly name: string
  readonly key: string
  /** What is posted, and what a stream brings. */
  readonly posted: TenantEvents
  readonly streamed: TenantEvents
}

/** Tells what is not as it has to be. */
export type TellFault = (fault: string) => void
