import { request, type ClientRequest } from 'node:http'
import { parseEnvelope, type ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'

export const NDJSON = { 'content-type': 'application/x-ndjson' }
export const JSON_BODY = { 'content-type': 'application/json' }

type Headers = Readonly<Record<string, string>>

/** What an append is answered with. */
export interface IngestAnswer {
  readonly accepted: number
  readonly rejected: number
  readonly errors: readonly {
    readonly index: number
    readonly line?: number
    readonly code: string
    readonly field: string | null
  }[]
  readonly positions: readonly {
    readonly topic: string
    readonly partition: number
    readonly first: number
    readonly last: number
  }[]
  readonly error?: { readonly code: string; readonly field: string | null; readonly message: string }
}

export interface Posted {
  readonly status: number
  readonly headers: Response['headers']
  readonly body: IngestAnswer
}

/** Appends what the body holds. */
export async function post(url: string, body: unknown, headers: Headers = NDJSON, query = ''): Promise<Posted> {
  const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit
  const response = await fetch(`${url}/v1/events${query}`, init)
  return { status: response.status, headers: response.headers, body: (await response.json()) as IngestAnswer }
}

/** A request whose body goes on until the test ends it. Resolves when `isTaken` says that its first part is. */
export async function openPost(
  url: string,
  first: string,
  isTaken: () => Promise<boolean>,
  headers: Headers = NDJSON,
): Promise<OpenPost> {
  const opened = newPost(url, headers)
  // A test that cuts the connection does not wait for an answer.
  opened.answered.catch(() => undefined)
  opened.sending.write(first)
  await until(isTaken)
  return opened
}

export interface OpenPost {
  readonly sending: ClientRequest
  readonly answered: Promise<{ readonly status: number; readonly body: string }>
}

function newPost(url: string, headers: Headers): OpenPost {
  const sending = request(`${url}/v1/events`, { method: 'POST', headers, agent: false })
  const answered = new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    sending.on('error', reject)
    sending.on('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
  })
  return { sending, answered }
}

export function keyHeaders(key: string, headers: Headers): Headers {
  return { ...headers, authorization: `Bearer ${key}` }
}

/** An event as the reference prints it. */
export function textOf(event: ExperienceEventEnvelopeInput): string {
  return envelopeToJson(parseEnvelope(event))
}
