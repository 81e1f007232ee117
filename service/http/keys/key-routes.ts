import type { OperationsLog } from '../../../operations/log/operations-log.ts'
import type { HttpParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'

export function keyRoutes(_parts: HttpParts, _operations: OperationsLog): AnyRoute[] {
  return []
}
