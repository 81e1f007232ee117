import { ExperienceError } from '../../../base/experience-error.ts'
import { httpRequest, type HttpAnswer } from '../http-request.ts'

/** How a client gets tokens by the OAuth 2.0 client credentials grant (RFC 6749 §4.4). */
export interface OauthOptions {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** Scopes, separated by spaces. Default: those that the server gives. */
  readonly scope?: string | undefined
}

const TIMEOUT_MS = 5000
/** A token is not used in the last of its time: it has to be valid when it arrives. */
const SPARED_MS = 60_000
const SPARED_SHARE = 0.2

/** Tokens of one client. All connections share one, until shortly before it expires. */
export class OauthTokens {
  readonly #options: OauthOptions
  #token: string | null = null
  #goodUntil = 0
  #asking: Promise<string> | null = null

  constructor(options: OauthOptions) {
    this.#options = options
  }

  /** Errors: `Unavailable` where the token server does not answer, `StorageError` where it refuses. */
  async token(): Promise<string> {
    if (this.#token !== null && performance.now() < this.#goodUntil) return this.#token
    this.#asking ??= this.#ask().finally(() => (this.#asking = null))
    return this.#asking
  }

  /** A broker refused the token: the next to come gets a new one. */
  forget(): void {
    this.#token = null
  }

  async #ask(): Promise<string> {
    const askedAt = performance.now()
    const answer = await this.#request()
    if (answer.status !== 200) throw this.#refusal(answer)
    const { access_token: token, expires_in: seconds } = parsed(answer.body)
    // What stands in a SASL message between control characters holds none itself.
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
      throw this.#error('StorageError', 'answered without an access_token: KAFKA_OAUTH_TOKEN_URL names something else')
    }
    // A server that does not say for how long a token is good is asked for each connection.
    const lifeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0
    this.#goodUntil = askedAt + lifeMs - Math.min(SPARED_MS, SPARED_SHARE * lifeMs)
    this.#token = token
    return token
  }

  async #request(): Promise<HttpAnswer> {
    const { tokenUrl, clientId, clientSecret, scope } = this.#options
    const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
    const headers = {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    }
    const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }
    const body = new URLSearchParams(form).toString()
    try {
      return await httpRequest({ url: tokenUrl, method: 'POST', headers, body, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      throw this.#error('Unavailable', `does not answer (${code ?? message}): see KAFKA_OAUTH_TOKEN_URL`, error)
    }
  }

  /** Only the error's own name is told: its description may quote what was sent. */
  #refusal({ status, body }: HttpAnswer): ExperienceError {
    const { error } = parsed(body)
    const name = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? `, ${error}` : ''
    const passes = status >= 500 || status === 429
    const advice = passes
      ? 'Try again later'
      : 'Check KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET, KAFKA_OAUTH_SCOPE and KAFKA_OAUTH_TOKEN_URL'
    return this.#error(passes ? 'Unavailable' : 'StorageError', `gives no token (status ${status}${name}). ${advice}`)
  }

  #error(code: 'Unavailable' | 'StorageError', text: string, cause?: unknown): ExperienceError {
    const { host } = new URL(this.#options.tokenUrl)
    return new ExperienceError(code, `cannot log in to Kafka: the token server at ${host} ${text}`, { cause })
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
