import { COMPATIBILITY, SchemaRegistry as Client, SchemaType } from '@kafkajs/confluent-schema-registry'
import { Agent } from 'node:https'
import { ExperienceError } from '../../base/experience-error.ts'
import { tlsFault, type TlsOptions } from '../../base/tls.ts'
import { normaliseSchema } from '../normalise-schema.ts'
import type { SchemaId, SchemaRegistry, SubjectDescription } from '../schema-registry.ts'
import { httpRequest } from './http-request.ts'

export interface ConfluentSchemaRegistryOptions {
  /** Base URL of any registry with Confluent's API; a user and password in it are sent as basic auth. */
  readonly url: string
  /** Of an https registry. Default: the authorities that Node trusts, and no certificate of one's own. */
  readonly tls?: TlsOptions
  /** How long an unknown id stays unknown without asking again, ms. Default: 30,000. */
  readonly unknownForMs?: number
  /** How long the registry may take to answer, ms. Default: 5,000. */
  readonly timeoutMs?: number
}

type Middleware = NonNullable<ConstructorParameters<typeof Client>[0]['middlewares']>[number]

/** Confluent's error code of a schema id that does not exist; a wrong URL answers with a bare 404. */
const SCHEMA_NOT_FOUND = 40_403
/** Ids that are remembered as unknown: some MB. */
const MOST_UNKNOWN = 100_000

/**
 * Keeps schemas in a registry with Confluent's API. Known ids are remembered for ever; unknown ones for a while, since a
 * stream of bad records would otherwise ask for each of them (kafkajs/confluent-schema-registry #301).
 *
 * Schemas are registered through the library, but looked up with requests of our own: the library answers with what its avsc
 * made of a schema, which has lost what avsc does not know, and does not tell an unknown id from a wrong URL.
 */
export class ConfluentSchemaRegistry implements SchemaRegistry {
  readonly #address: string
  readonly #options: Required<Pick<ConfluentSchemaRegistryOptions, 'unknownForMs' | 'timeoutMs'>>
  readonly #agent: Agent | undefined
  readonly #client: Client
  readonly #headers: Readonly<Record<string, string>>
  readonly #known = new Map<number, string>()
  readonly #unknownUntil = new Map<number, number>()
  readonly #lookUps = new Map<number, Promise<string | null>>()
  readonly #registered = new Map<string, Promise<SchemaId>>()

  constructor(options: ConfluentSchemaRegistryOptions) {
    this.#options = { unknownForMs: 30_000, timeoutMs: 5000, ...options }
    const url = new URL(options.url)
    const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
    this.#agent = url.protocol === 'https:' ? new Agent({ ...options.tls, keepAlive: true }) : undefined
    url.username = ''
    url.password = ''
    this.#address = url.href.replace(/\/$/, '')
    const basic = Buffer.from(`${username}:${password}`).toString('base64')
    this.#headers = username === '' ? {} : { authorization: `Basic ${basic}` }
    // The library leaves the time of a request open.
    const limitTime: Middleware = () => ({
      prepareRequest: async (next) => (await next()).enhance({ timeout: this.#options.timeoutMs }),
    })
    this.#client = new Client({
      host: this.#address,
      retry: { retries: 2 },
      middlewares: [limitTime],
      ...(username === '' ? {} : { auth: { username, password } }),
      ...(this.#agent === undefined ? {} : { agent: this.#agent }),
    })
  }

  async register(subject: string, schema: string): Promise<SchemaId> {
    const normal = normaliseSchema(schema)
    const name = JSON.stringify([subject, normal])
    const known = this.#registered.get(name)
    if (known !== undefined) return known
    const registering = this.#register(subject, normal)
    this.#registered.set(name, registering)
    registering.catch(() => this.#registered.delete(name))
    return registering
  }

  async describe(subject: string, schema: string): Promise<SubjectDescription> {
    const doing = `look up subject ${subject}`
    const name = encodeURIComponent(subject)
    const level = await this.#request(`config/${name}`, doing)
    const versions = await this.#request(`subjects/${name}/versions`, doing)
    const found = await this.#request(`subjects/${name}`, doing, {
      method: 'POST',
      body: { schema: normaliseSchema(schema) },
    })
    for (const { status, body, answer } of [level, versions, found]) {
      // What is no registry says 404 to all, too.
      const isNone = status === 404 && String(answer['error_code']).startsWith('404')
      if (status !== 200 && !isNone) throw this.#failure(doing, status, `status ${status}: ${body}`)
    }
    const isRegistered = typeof found.answer['id'] === 'number'
    if (found.status === 200 && !isRegistered) throw this.#failure(doing, 400, `no registry's answer: ${found.body}`)
    const compatibility = level.answer['compatibilityLevel']
    return {
      isRegistered,
      versions: Array.isArray(versions.answer) ? versions.answer.length : 0,
      compatibility: typeof compatibility === 'string' ? compatibility : null,
    }
  }

  async schemaById(id: SchemaId): Promise<string | null> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    if ((this.#unknownUntil.get(id) ?? 0) > performance.now()) return null
    const lookUp = this.#lookUps.get(id) ?? this.#lookUp(id).finally(() => this.#lookUps.delete(id))
    this.#lookUps.set(id, lookUp)
    return lookUp
  }

  /** Closes what rests. What is under way ends by itself. */
  async close(): Promise<void> {
    this.#agent?.destroy()
  }

  async #register(subject: string, schema: string): Promise<SchemaId> {
    const doing = `register a schema of ${subject}`
    await this.#demandCompatibility(subject, doing)
    try {
      const { id } = await this.#client.register(
        { type: SchemaType.AVRO, schema },
        { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE },
      )
      return id as SchemaId
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).replace(
        /^Confluent_Schema_Registry - /,
        '',
      )
      const status = error instanceof Error && 'status' in error ? Number(error.status) : undefined
      // The library gives a request that got no answer the status 400, but no message of the registry's.
      const unanswered = status === 400 && reason.startsWith('Error, status 400')
      throw this.#failure(doing, unanswered ? undefined : (status ?? 400), reason, error)
    }
  }

  /**
   * Before the first schema: the library sets the level after it, so that a registration cut short between, or one beside it,
   * would find another level, which the library takes for a mistake.
   */
  async #demandCompatibility(subject: string, doing: string): Promise<void> {
    const path = `config/${encodeURIComponent(subject)}`
    const { answer } = await this.#request(path, doing)
    if (answer['compatibilityLevel'] === COMPATIBILITY.FULL_TRANSITIVE) return
    const { status, body } = await this.#request(path, doing, {
      method: 'PUT',
      body: { compatibility: COMPATIBILITY.FULL_TRANSITIVE },
    })
    // Apicurio answers 409 to one of two clients that set the level at once.
    if (status !== 200 && status !== 409) throw this.#failure(doing, status, `status ${status}: ${body}`)
  }

  async #lookUp(id: SchemaId): Promise<string | null> {
    const doing = `look up schema ${id}`
    const { status, body, answer } = await this.#request(`schemas/ids/${id}`, doing)
    if (status === 200 && typeof answer['schema'] === 'string') {
      this.#known.set(id, answer['schema'])
      return answer['schema']
    }
    if (status !== 404 || answer['error_code'] !== SCHEMA_NOT_FOUND) {
      throw this.#failure(doing, status, `status ${status}: ${body}`)
    }
    // Foreign bytes may name any number of ids.
    if (this.#unknownUntil.size >= MOST_UNKNOWN) this.#unknownUntil.clear()
    this.#unknownUntil.set(id, performance.now() + this.#options.unknownForMs)
    return null
  }

  async #request(path: string, doing: string, sent?: { readonly method: 'PUT' | 'POST'; readonly body: object }) {
    const headers = { ...this.#headers, 'content-type': 'application/vnd.schemaregistry.v1+json' }
    const asked = { url: `${this.#address}/${path}`, headers, agent: this.#agent, timeoutMs: this.#options.timeoutMs }
    try {
      const { status, body } = await httpRequest(
        sent === undefined ? asked : { ...asked, method: sent.method, body: JSON.stringify(sent.body) },
      )
      return { status, body: body.slice(0, 200), answer: parsed(body) }
    } catch (error) {
      const fault = tlsFault(error, { prefix: 'SCHEMA_REGISTRY', address: 'SCHEMA_REGISTRY_URL' })
      if (fault !== null) {
        const message = `cannot ${doing}: the schema registry at ${this.#address} ${fault}`
        throw new ExperienceError('Unavailable', message, { cause: error })
      }
      throw this.#failure(doing, undefined, reasonOf(error), error)
    }
  }

  /** `status` is undefined where there was no answer. */
  #failure(doing: string, status: number | undefined, reason: string, cause?: unknown): ExperienceError {
    if (status === undefined || status >= 500 || status === 429) {
      const message = `cannot ${doing}: no answer from the schema registry at ${this.#address} (${reason}). Check that it runs and that its URL is right`
      return new ExperienceError('Unavailable', message, { cause })
    }
    const message = `cannot ${doing}: the schema registry at ${this.#address} rejected the request (${reason})`
    return new ExperienceError('StorageError', message, { cause })
  }
}

/** An error of several addresses that were tried has a code, but no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message === '' ? String((error as NodeJS.ErrnoException).code) : error.message
}

/** The JSON object in a text, or an empty one where there is none. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
