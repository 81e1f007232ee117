import type { Target } from '../../consumers/projection-progress.ts'
import type { HeldTopic } from '../../operations/holds/held-topic.ts'
import type { AsOf } from './as-of.ts'

/** What of the log an answer is about. */
export interface Seeing {
  /** As the log stood at a moment; null for all that it holds. */
  readonly asOf?: AsOf | null
  /**
   * What has to be projected before the answer is given, of a tenant or of all. Default, and always where the log is asked as it
   * stood at a moment: all that it holds of them when the question is asked.
   */
  readonly projected?: (tenant: string | null) => readonly Target[]
  /** Whether to wait for that no longer than `READ_WAIT_MS`, also while a projector of this process gets on. */
  readonly isBounded?: boolean
  /** Told of held topics, whose records the answer for all tenants lacks. Default: such a question is not answered. */
  readonly lacks?: (held: readonly HeldTopic[]) => void
}
