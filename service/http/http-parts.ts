import type { EventProducer } from '../../producers/event-producer.ts'
import type { Settings } from '../settings.ts'
import type { OpenLog } from '../wiring/open-log.ts'
import type { Service } from '../wiring/service.ts'
import type { Access } from './access/access.ts'
import type { IngestGate } from './ingest/ingest-gate.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Freshness } from './query/freshness.ts'
import type { QuestionPermits } from './query/question-permits.ts'

/** What the routes work with. */
export interface HttpParts {
  readonly settings: Settings
  readonly log: OpenLog
  readonly access: Access
  readonly metrics: Metrics
  /** Aborts when the process is asked to stop: what never ends by itself ends. */
  readonly stopping: AbortSignal
  /** Why this process is not ready, in words; none when it is. */
  readonly notReady: () => Promise<readonly string[]>
}

/** As `HttpParts`, for a process that appends. */
export interface IngestParts extends HttpParts {
  readonly producer: EventProducer
  /** Through which every event comes, whatever the route. */
  readonly gate: IngestGate
}

/** As `HttpParts`, for a process that answers questions. */
export interface QueryParts extends HttpParts {
  readonly service: Service
  readonly freshness: Freshness
}

/** As `QueryParts`, and how many may ask at once. */
export interface AskingParts extends QueryParts {
  readonly permits: QuestionPermits
}
