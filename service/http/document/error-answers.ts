import type { AnyRoute, JsonSchema } from '../route.ts'

const REQUEST_ID = { 'X-Request-Id': { description: 'Names the request in the log', schema: { type: 'string' } } }

interface ErrorAnswer {
  /** Its name among the components. */
  readonly name: string
  readonly description: string
  readonly headers?: Readonly<Record<string, JsonSchema>>
}

const RETRY_AFTER = {
  'Retry-After': { description: 'When to try again, seconds', schema: { type: 'integer', minimum: 0 } },
}

/** A pointer into the document. */
export interface Reference {
  readonly $ref: string
}

/** The errors that routes may answer with, by status. */
const ERRORS: Readonly<Record<number, ErrorAnswer>> = {
  400: { name: 'BadRequest', description: 'The request is at fault; `field` names where.' },
  401: {
    name: 'Unauthorized',
    description: 'There is no key, or it is unknown, expired or revoked.',
    headers: { 'WWW-Authenticate': { description: 'How to come in', schema: { type: 'string', enum: ['Bearer'] } } },
  },
  403: { name: 'Forbidden', description: 'The key is for something else: the message names the role that is needed.' },
  404: { name: 'NotFound', description: 'There is nothing of that name that the key may see.' },
  413: { name: 'TooLarge', description: 'The body is larger than may be sent.' },
  415: { name: 'UnsupportedType', description: 'The body is of a type, or in an encoding, that is not taken.' },
  429: {
    name: 'TooManyRequests',
    description: 'The key asks for more than its limits allow.',
    headers: RETRY_AFTER,
  },
  431: {
    name: 'HeadersTooLarge',
    description: 'The headers, among which the path and its query count, are too large.',
  },
  500: { name: 'Failed', description: 'The server failed; its log says why, under the request id.' },
  503: {
    name: 'Unavailable',
    description: 'Kafka or ClickHouse cannot be reached, the tables are behind, or the server is too busy. Try again.',
    headers: RETRY_AFTER,
  },
}

/** The error answers as components. */
export function errorComponents(): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.values(ERRORS).map(({ name, description, headers = {} }) => [
      name,
      {
        description,
        headers: { ...REQUEST_ID, ...headers },
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  )
}

/** The errors of a route, by status, as references. */
export function errorAnswersOf({ needs, body }: AnyRoute): Readonly<Record<string, Reference>> {
  const statuses = [
    400,
    ...(needs === 'anyone' ? [] : [401, 403, 404, 429]),
    ...(body === undefined ? [] : [413, 415]),
    431,
    500,
    503,
  ]
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${ERRORS[status]!.name}` }]),
  )
}
