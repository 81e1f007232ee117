/** What was answered, whole. */
export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Asks, and reads the whole answer. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** A request that wants lines. */
export function inLines(init: RequestInit = {}): RequestInit {
  return { ...init, headers: { ...(init.headers as Record<string, string>), accept: 'application/x-ndjson' } }
}

/** A question as JSON. */
export function posting(body: string, init: RequestInit = {}): RequestInit {
  const headers = { ...(init.headers as Record<string, string>), 'content-type': 'application/json' }
  return { ...init, method: 'POST', body, headers }
}

/** The lines of an answer: those before the last, as they were sent, and what the last one says. */
export function linesOf({ text }: Answered): { readonly lines: string[]; readonly end: Record<string, unknown> } {
  if (!text.endsWith('\n')) throw new Error('the last line is cut')
  const lines = text.trimEnd().split('\n')
  return { lines: lines.slice(0, -1), end: JSON.parse(lines.at(-1)!) as Record<string, unknown> }
}
