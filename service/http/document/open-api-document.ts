import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { KEY_ROLES } from '../../../operations/keys/key.ts'
import { ownManifest } from '../../../base/own-package.ts'
import type { AnyRoute, JsonSchema, RouteTag } from '../route.ts'
import { ErrorBody } from '../answers/error-schema.ts'
import { Components } from './components.ts'
import { URL_PLACE } from './curl-line.ts'
import { errorComponents } from './error-answers.ts'
import { INTRODUCTION, TAGS } from './introduction.ts'
import { KEY_SCHEME, operationOf, type Operation } from './operation-of.ts'

/** The document of the API, as OpenAPI 3.1 has it (https://spec.openapis.org/oas/v3.1.1). */
export interface OpenApiDocument {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: RouteTag; readonly description: string }[]
  /** By path and, in lower case, method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, JsonSchema>>
    readonly schemas: Readonly<Record<string, JsonSchema>>
  }
}

/** Describes routes. Where the process's address and key would stand, it has places for them. */
export function openApiDocument(routes: readonly AnyRoute[]): OpenApiDocument {
  const components = new Components()
  // Referred to by their names.
  components.schemaOf(ErrorBody)
  components.schemaOf(ExperienceEventEnvelope)
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operationOf(route, components)
  }
  const used = new Set(routes.map(({ tag }) => tag))
  return {
    openapi: '3.1.1',
    info: { title: 'experience-log', version: ownManifest().version, description: INTRODUCTION },
    servers: [{ url: URL_PLACE }],
    tags: TAGS.filter(({ name }) => used.has(name)),
    paths,
    components: {
      securitySchemes: {
        [KEY_SCHEME]: {
          type: 'http',
          scheme: 'bearer',
          description: `A key of \`experience-log keys create\`, with one of the roles ${KEY_ROLES.join(', ')}`,
        },
      },
      responses: errorComponents(),
      schemas: components.schemas,
    },
  }
}
