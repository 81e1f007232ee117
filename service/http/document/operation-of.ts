import type { AnswerDescription, AnyRoute, BodyDescription, JsonSchema, RequestExample } from '../route.ts'
import type { Components } from './components.ts'
import { curlLine } from './curl-line.ts'
import { errorAnswersOf, type Reference } from './error-answers.ts'
import { parametersOf, type Parameter } from './parameters.ts'

/** What a route is, as OpenAPI tells it. */
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security: readonly JsonSchema[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content & { readonly required: true }
  readonly responses: Readonly<Record<string, Answer | Reference>>
  /** Lines of curl: a field that documents of other tools have, too. */
  readonly 'x-codeSamples'?: readonly CodeSample[]
}

export interface Content {
  readonly description: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

export interface Answer extends Content {
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>
}

export interface CodeSample {
  readonly lang: 'Shell'
  readonly label: string
  readonly source: string
}

const ERROR: JsonSchema = { $ref: '#/components/schemas/Error' }

/** The name of the one security scheme. */
export const KEY_SCHEME = 'key'

export function operationOf(route: AnyRoute, components: Components): Operation {
  const parameters = parametersOf(route, components)
  const samples = examplesOf(route).map((example): CodeSample => ({
    lang: 'Shell',
    label: example.summary,
    source: curlLine(route, example),
  }))
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, rolesOf(route)].filter(Boolean).join('\n\n'),
    // One of the roles suffices.
    security: route.needs === 'anyone' ? [] : route.needs.map((role) => ({ [KEY_SCHEME]: [role] })),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, ...contentOf(route.body, components) } }),
    responses: answersOf(route, components),
    ...(samples.length === 0 ? {} : { 'x-codeSamples': samples }),
  }
}

/** What needs nothing but itself is its own example. */
function examplesOf({ params, body, examples, summary }: AnyRoute): readonly RequestExample[] {
  if (examples !== undefined) return examples
  return params === undefined && body === undefined ? [{ summary }] : []
}

/** `getV1ChainsId`: unique, and stable as long as the path is. */
function operationIdOf({ method, path }: AnyRoute): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean)
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
}

function rolesOf({ needs }: AnyRoute): string {
  if (needs === 'anyone') return 'Needs no key.'
  return `Needs a key with the role ${needs.map((role) => `\`${role}\``).join(' or ')}.`
}

function answersOf(route: AnyRoute, components: Components): Operation['responses'] {
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, answerOf(answer, components)])
  const errors = errorAnswersOf(route)
  const own = Object.fromEntries(answers) as Record<string, Answer>
  for (const [status, answer] of Object.entries(own)) if (status in errors) own[status] = orError(answer)
  return { ...errors, ...own }
}

/** A status that a route answers in a way of its own, and that is given before the route sees the request as well. */
function orError(answer: Answer): Answer {
  const { schema } = answer.content?.['application/json'] ?? { schema: ERROR }
  return { ...answer, content: { ...answer.content, 'application/json': { schema: { anyOf: [schema, ERROR] } } } }
}

function answerOf({ headers, ...answer }: AnswerDescription, components: Components): Answer {
  // What says nothing else is an object in JSON.
  const described = contentOf({ content: { 'application/json': { type: 'object' } }, ...answer }, components)
  if (headers === undefined) return described
  const texts = Object.entries(headers).map(([name, { description, schema = { type: 'string' } }]) => {
    return [name, { description, schema }] as const
  })
  return { ...described, headers: Object.fromEntries(texts) }
}

function contentOf({ description, content }: AnswerDescription | BodyDescription, components: Components): Content {
  if (content === undefined) return { description }
  const schemas = Object.entries(content).map(([type, schema]) => [type, { schema: components.schemaOf(schema) }])
  return { description, content: Object.fromEntries(schemas) as NonNullable<Content['content']> }
}
