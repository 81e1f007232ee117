import type { OperationsLog } from '../../operations/log/operations-log.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type { Service } from '../wiring/service.ts'
import { documentRoutes } from './document/document-routes.ts'
import { healthRoutes } from './health/health-routes.ts'
import type { AskingParts, HttpParts } from './http-parts.ts'
import { IngestGate, ingestLimits } from './ingest/ingest-gate.ts'
import { ingestRoutes } from './ingest/ingest-routes.ts'
import { keyRoutes } from './keys/key-routes.ts'
import { questionRoutes } from './query/question-routes.ts'
import type { BackgroundActs } from './operate/background-acts.ts'
import { operateRoutes } from './operate/operate-routes.ts'
import { transitionRoutes } from './query/transition-routes.ts'
import type { AnyRoute } from './route.ts'
import { NamedQueries } from './sql/named/named-queries.ts'
import { namedQueryRoutes } from './sql/named/named-routes.ts'
import { namedRowsRoutes } from './sql/named/named-rows-routes.ts'
import { sqlRoutes } from './sql/sql-routes.ts'
import { tailRoutes } from './tail/tail-routes.ts'
import type { Tails } from './tail/tails.ts'

/** What the process has, by its roles. */
export interface Opened {
  /** Null where it does not take events. */
  readonly producer: EventProducer | null
  /** Null where it neither projects nor answers questions. */
  readonly service: Service | null
  /** Null where it answers no questions. */
  readonly asking: AskingParts | null
  readonly operations: OperationsLog
  /** What operators have done behind an answer. */
  readonly acts: BackgroundActs
  /** Null where it answers no questions. */
  readonly tails: Tails | null
}

/** The routes of a process, by what it has. */
export function routesOf(parts: HttpParts, { producer, service, asking, operations, acts, tails }: Opened): AnyRoute[] {
  const ingest = producer === null ? null : { ...parts, producer, gate: new IngestGate(ingestLimits(parts.settings)) }
  const named = new NamedQueries(operations)
  const routes = [
    ...healthRoutes(parts),
    ...(ingest === null ? [] : [...ingestRoutes(ingest), ...transitionRoutes(ingest)]),
    ...(asking === null ? [] : [...questionRoutes(asking), ...sqlRoutes(asking)]),
    ...(asking === null ? [] : [...namedQueryRoutes(parts, operations, named), ...namedRowsRoutes(asking, named)]),
    ...(tails === null ? [] : tailRoutes(tails)),
    ...(service === null ? [] : operateRoutes({ ...parts, service, operations, acts })),
    ...keyRoutes(parts, operations),
  ]
  return [...routes, ...documentRoutes(parts.access, routes)]
}
