import type { AnyRoute } from '../route.ts'
import { actRoutes } from './act-routes.ts'
import { BackgroundActs } from './background-acts.ts'
import { deadLetterRoutes } from './dead-letter-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { lookRoutes } from './look-routes.ts'
import type { OperateParts } from './operate-parts.ts'
import { rebuildRoutes } from './rebuild-routes.ts'

/** What operators look at and do: the same functions as the commands. */
export function operateRoutes(parts: Omit<OperateParts, 'acts'>): AnyRoute[] {
  const all = { ...parts, acts: new BackgroundActs(parts.stopping) }
  return [...lookRoutes(all), ...actRoutes(all), ...rebuildRoutes(all), ...deadLetterRoutes(all), ...exportRoutes(all)]
}
