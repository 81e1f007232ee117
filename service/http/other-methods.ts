import type { FastifyInstance, HTTPMethods } from 'fastify'
import { HttpError } from './http-error.ts'
import { fastifyPath } from './register-route.ts'
import type { AnyRoute } from './route.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY']

/** Answers 405 to the methods that a path of ours does not have, with those that it has (RFC 9110, 15.5.6). */
export function refuseOtherMethods(app: FastifyInstance, routes: readonly AnyRoute[]): void {
  for (const path of new Set(routes.map((each) => each.path))) {
    const methods = routes.filter((each) => each.path === path).map(({ method }) => method)
    const taken: readonly HTTPMethods[] = methods.includes('GET') ? [...methods, 'HEAD'] : methods
    const allow = taken.join(', ')
    app.route({
      method: METHODS.filter((method) => !taken.includes(method)),
      url: fastifyPath(path),
      onRequest: async (request, reply) => {
        void reply.header('allow', allow)
        throw new HttpError(405, 'InvalidQuery', `there is no ${request.method} of this path, only ${allow}`)
      },
      handler: async () => undefined,
    })
  }
}
