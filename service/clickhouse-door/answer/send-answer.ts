import type { FastifyReply } from 'fastify'
import { chooseEncoding, encodeBody } from '../protocol/answer-encoding.ts'
import { contentType } from '../protocol/content-type.ts'
import { compressBlocks } from '../protocol/native-compression.ts'
import { SERVER_NAME } from '../server-words.ts'
import type { DoorRequest } from '../request/door-request.ts'

/** Clients want to read it. What the engine read counts others' rows as well, so that it tells nothing. */
const SUMMARY = JSON.stringify({
  read_rows: '0',
  read_bytes: '0',
  written_rows: '0',
  written_bytes: '0',
  total_rows_to_read: '0',
  result_rows: '0',
  result_bytes: '0',
  elapsed_ns: '0',
})

export interface DoorAnswer {
  readonly format: string
  readonly timezone: string
  readonly body: Buffer
}

/** Sends an answer as it was asked for: in compressed blocks, or in an encoding of HTTP. */
export async function sendAnswer(
  reply: FastifyReply,
  { isCompressed, acceptEncoding }: DoorRequest,
  { format, timezone, body }: DoorAnswer,
): Promise<void> {
  const encoding = isCompressed || body.length === 0 ? null : chooseEncoding(acceptEncoding)
  const sent = await (isCompressed ? compressBlocks(body) : encodeBody(body, encoding))
  if (encoding !== null) void reply.header('content-encoding', encoding)
  void reply
    .headers({
      'content-type': contentType(format),
      'x-clickhouse-format': format,
      'x-clickhouse-timezone': timezone,
      'x-clickhouse-summary': SUMMARY,
    })
    .send(Buffer.from(sent.buffer, sent.byteOffset, sent.byteLength))
}

/** Headers that every answer has, also one that is an error. */
export function commonHeaders(queryId: string): Record<string, string> {
  return { 'x-clickhouse-query-id': queryId, 'x-clickhouse-server-display-name': SERVER_NAME }
}
