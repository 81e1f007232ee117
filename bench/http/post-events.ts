import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'

const CHUNK_BYTES = 256 << 10

/** Sends a body of events over a connection of its own, as a stream; answers with how many were accepted. */
export async function postEvents(url: string, type: string, body: Buffer): Promise<number> {
  const sending = request(`${url}/v1/events`, { method: 'POST', headers: { 'content-type': type }, agent: false })
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>
  await pipeline(Readable.from(chunksOf(body), { objectMode: false }), sending)
  const [response] = await answered
  return ((await json(response)) as { readonly accepted: number }).accepted
}

function* chunksOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES)
}
