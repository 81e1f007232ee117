import type { OperationsLog } from '../../../operations/log/operations-log.ts'
import type { Service } from '../../wiring/service.ts'
import type { HttpParts } from '../http-parts.ts'
import type { BackgroundActs } from './background-acts.ts'

/** As `HttpParts`, for a process that operators ask. */
export interface OperateParts extends HttpParts {
  readonly service: Service
  readonly operations: OperationsLog
  readonly acts: BackgroundActs
}
