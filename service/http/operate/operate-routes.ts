import type { AnyRoute } from '../route.ts'
import { actRoutes } from './act-routes.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { lookRoutes } from './look-routes.ts'
import type { OperateParts } from './operate-parts.ts'
import { rebuildRoutes } from './rebuild-routes.ts'

/** What operators look at and do: the same functions as the commands. */
export function operateRoutes(parts: OperateParts): AnyRoute[] {
  return [
    ...lookRoutes(parts),
    ...actRoutes(parts),
    ...rebuildRoutes(parts),
    ...deadLetterRoutes(parts),
    ...exportRoutes(parts),
  ]
}
