import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { OpenApiDocument } from '../../../service/http/document/open-api-document.ts'

/** What came back, as far as the document tells it. */
export interface Answered {
  readonly status: number
  readonly type: string | null
  readonly body: string
}

/** Holds answers of a process against its own document. */
export class AnswerCheck {
  readonly #document: OpenApiDocument
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(document: OpenApiDocument) {
    this.#document = document
    this.#ajv.addSchema(document, 'api', undefined, false)
  }

  static async of(url: string): Promise<AnswerCheck> {
    return new AnswerCheck((await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument)
  }

  /** What is wrong with an answer to a method of a path, as the document spells it; null where nothing is. */
  faultOf(method: string, path: string, { status, type, body }: Answered): string | null {
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status)]
    const documented = this.#at(pointer)
    if (documented === undefined) return `${method} ${path}: ${status} is not in the document: ${body.slice(0, 200)}`
    const at = typeof documented['$ref'] === 'string' ? documented['$ref'].slice(2).split('/') : pointer
    const content = (this.#at(at)?.['content'] ?? {}) as Readonly<Record<string, object>>
    const media = type?.split(';', 1)[0] ?? ''
    if (Object.keys(content).length === 0) return body === '' ? null : `${method} ${path}: ${status} has a body`
    if (!(media in content)) return `${method} ${path}: ${status} is ${media}, not ${Object.keys(content).join(' or ')}`
    const validate = this.#validatorAt([...at, 'content', media, 'schema'])
    for (const value of valuesOf(media, body)) {
      if (!validate(value)) {
        const [fault] = validate.errors ?? []
        return `${method} ${path}: ${status} ${media} ${fault?.instancePath} ${fault?.message}: ${JSON.stringify(value).slice(0, 300)}`
      }
    }
    return null
  }

  #at(pointer: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    let node: unknown = this.#document
    for (const part of pointer) node = (node as Readonly<Record<string, unknown>> | undefined)?.[part]
    return node as Readonly<Record<string, unknown>> | undefined
  }

  #validatorAt(pointer: readonly string[]): ValidateFunction {
    const fragment = pointer
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/')
    const known = this.#compiled.get(fragment)
    if (known !== undefined) return known
    const compiled = this.#ajv.compile({ $ref: `api#/${fragment}` })
    this.#compiled.set(fragment, compiled)
    return compiled
  }
}

/** A stream of lines is described by its line. */
function valuesOf(media: string, body: string): unknown[] {
  if (media === 'application/x-ndjson')
    return body
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)
  return media === 'application/json' ? [JSON.parse(body)] : [body]
}
