import { ExperienceError } from '../base/experience-error.ts'

/** How a client reaches a server, and how it behaves. */
export interface HttpClientOptions {
  /** Where the server is: `https://log.example:7070`. A path in it stands before those of the API. It holds no key. */
  readonly url: string
  /** The key (`elog_…`). Default: none, for a server on this machine that asks for none. */
  readonly key?: string | undefined
  /**
   * What a question sees. `read-your-writes`: what this client appended, and what others did as far as projectors have come; `latest`:
   * all that was accepted before the question; `eventual`: what the tables hold, at once. Default: `read-your-writes`.
   */
  readonly consistency?: 'read-your-writes' | 'latest' | 'eventual' | undefined
  /** How long an event waits for others to share a request, ms. Those that come during a request share the next one anyway. Default: 0. */
  readonly lingerMs?: number | undefined
  /** What the events of a request take together at most, bytes; one that is larger goes by itself. Default: 1 MiB. */
  readonly maxBatchBytes?: number | undefined
  /** What events that the server does not have yet take together at most, bytes: then calls that append wait. Default: 16 MiB. */
  readonly maxPendingBytes?: number | undefined
  /**
   * How long to try again what may succeed later: where the server cannot be reached, is busy, or has to be asked more slowly, ms.
   * Default: 30 000.
   */
  readonly retryForMs?: number | undefined
  /** How long to wait for the beginning of one answer, ms. Default: 120 000. */
  readonly answerTimeoutMs?: number | undefined
}

/** The options with their defaults. */
export interface HttpClientSettings {
  /** Ends with a slash. */
  readonly url: URL
  readonly key: string | null
  readonly consistency: NonNullable<HttpClientOptions['consistency']>
  readonly lingerMs: number
  readonly maxBatchBytes: number
  readonly maxPendingBytes: number
  readonly retryForMs: number
  readonly answerTimeoutMs: number
}

/** What a header may hold of a key; the message of `fetch` for anything else would repeat it. */
const KEY = /^[\x21-\x7e]+$/

/** Error: `InvalidSettings`, which repeats no key. */
export function clientSettings(options: HttpClientOptions): HttpClientSettings {
  const { url, key } = options
  if (key !== undefined && !KEY.test(key)) throw invalid('key: holds characters that no key has')
  return {
    url: baseOf(url),
    key: key ?? null,
    consistency: options.consistency ?? 'read-your-writes',
    lingerMs: options.lingerMs ?? 0,
    maxBatchBytes: options.maxBatchBytes ?? 1 << 20,
    maxPendingBytes: options.maxPendingBytes ?? 16 << 20,
    retryForMs: options.retryForMs ?? 30_000,
    answerTimeoutMs: options.answerTimeoutMs ?? 120_000,
  }
}

function baseOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid('url: must be http:// or https:// with a host, such as http://127.0.0.1:7070')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw invalid('url: must hold neither a user, a password nor a query: the key is given by itself')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

function invalid(message: string): ExperienceError {
  return new ExperienceError('InvalidSettings', message)
}
