import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { allowOrigins } from './access/cross-origin.ts'
import { sendJson } from './answers/send-json.ts'
import { guardedApp, type ErrorAnswers } from './guarded-app.ts'
import { errorBody, HttpError, httpErrorOf } from './http-error.ts'
import type { HttpParts } from './http-parts.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { registerRoute } from './register-route.ts'
import type { AnyRoute } from './route.ts'

/** Errors are JSON. */
const ERRORS: ErrorAnswers = {
  errorOf: httpErrorOf,
  send: (reply, error) => sendJson(reply, errorBody(error), error.status),
}

/** The routes as a server that does not listen yet. */
export async function httpService(
  parts: HttpParts,
  routes: readonly AnyRoute[],
  logger: Logger,
): Promise<FastifyInstance> {
  const app = await guardedApp(parts, ERRORS, logger)
  allowOrigins(app, parts.settings.HTTP_CORS_ORIGINS ?? [])
  app.setNotFoundHandler(() => {
    throw new HttpError(404, 'NotFound', 'there is no such path with this method: see /docs')
  })
  for (const route of routes) registerRoute(app, parts.access, route)
  refuseOtherMethods(app, routes)
  return app
}
