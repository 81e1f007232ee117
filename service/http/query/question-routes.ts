import type { AskingParts } from '../http-parts.ts'
import type { AnyRoute } from '../route.ts'
import { eventRoutes } from './event-routes.ts'

/** The routes that ask the tables. */
export function questionRoutes(parts: AskingParts): AnyRoute[] {
  return [...eventRoutes(parts)]
}
