import { buffer as bufferOf } from 'node:stream/consumers'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import type { ForeignQuestion } from '../read-model-store.ts'
import { boundedAnswer } from './foreign-statement.ts'
import { nobodyWaits } from './nobody-waits.ts'

/** Sends a statement that is written out, and answers with the bytes of its answer. Errors: those of the client, and of `boundedAnswer`. */
export async function askForeign(
  client: ClickHouseClient,
  query: string,
  question: ForeignQuestion,
  settings: ClickHouseSettings,
  left: AbortSignal | undefined,
): Promise<Buffer> {
  // The client hears of what aborts from now on only.
  if (left?.aborted === true) throw nobodyWaits()
  const { stream } = await client.exec({
    query,
    clickhouse_settings: settings,
    ...(left === undefined ? {} : { abort_signal: left }),
  })
  return boundedAnswer(await bufferOf(stream), question)
}
