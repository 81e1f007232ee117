import { parseEnvelope, type ExperienceEventEnvelopeInput } from '../../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'

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

export function keyHeaders(key: string, headers: Headers): Headers {
  return { ...headers, authorization: `Bearer ${key}` }
}

/** An event as the reference prints it. */
export function textOf(event: ExperienceEventEnvelopeInput): string {
  return envelopeToJson(parseEnvelope(event))
}
