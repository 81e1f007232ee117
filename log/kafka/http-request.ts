import http from 'node:http'
import https from 'node:https'

export interface HttpRequest {
  readonly url: string
  readonly method?: 'GET' | 'PUT' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** With the TLS options of the connection; default: Node's own. */
  readonly agent?: https.Agent | undefined
  /** For the whole answer, ms. */
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}

/** No answer that is asked for here comes near that. */
const MAX_ANSWER_BYTES = 16 << 20

/** Asks a server of whatever certificate authority, which `fetch` cannot. Follows no redirect: it would carry secrets elsewhere. */
export function httpRequest({
  url,
  method = 'GET',
  headers,
  body,
  agent,
  timeoutMs,
}: HttpRequest): Promise<HttpAnswer> {
  const options = { method, headers, signal: AbortSignal.timeout(timeoutMs) }
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(error.name === 'AbortError' ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error)
    }
    const request = url.startsWith('https:')
      ? https.request(url, { ...options, ...(agent === undefined ? {} : { agent }) })
      : http.request(url, options)
    request.on('error', failed)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('error', failed)
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) request.destroy(new Error('the answer is too long'))
        else chunks.push(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    request.end(body)
  })
}
