import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { analyticsRoutes } from './analytics-routes.ts'
import { artifactRoutes } from './artifact-routes.ts'
import { chainRoutes } from './chain-routes.ts'
import { eventRoutes } from './event-routes.ts'
import { statusRoutes } from './status-routes.ts'
import { traceLinkRoutes } from './trace-link-routes.ts'

/** The routes that ask the tables. */
export function questionRoutes(parts: AskingParts): AnyRoute[] {
  return [
    ...eventRoutes(parts),
    ...statusRoutes(parts),
    ...chainRoutes(parts),
    ...artifactRoutes(parts),
    ...traceLinkRoutes(parts),
    ...analyticsRoutes(parts),
  ]
}
