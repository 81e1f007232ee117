import type { DeadLetterQueryInput, DeadLetterSummary } from '../operations/dead-letters/listed-dead-letter.ts'
import { parseInput } from '../schemas/contract/parse-input.ts'
import { withNumbers } from './answer-rows.ts'
import type { HttpConnection } from './http-connection.ts'
import { AnalyticsInput } from './question-inputs.ts'
import { rowLines } from './row-lines.ts'

/** Which are listed, and how many at most: all where that is null. */
export interface DeadLettersAsked extends DeadLetterQueryInput {
  readonly limit?: bigint | null
}

/** Lists dead letters, topic by topic, as their lines come. Errors: `InvalidQuery` naming the field, `Forbidden`, those of the connection. */
export async function* askDeadLetters(
  connection: HttpConnection,
  { tenant_id, reason, state, limit }: DeadLettersAsked,
  signal?: AbortSignal,
): AsyncGenerator<DeadLetterSummary, void> {
  parseInput(AnalyticsInput, { tenant_id })
  const asked = {
    path: 'v1/ops/dead-letters',
    query: { tenant_id, reason, state: state ?? 'all', limit },
    headers: { accept: 'application/x-ndjson' },
    signal,
  }
  const answer = await connection.ask(asked, async (given) => given)
  for await (const row of rowLines(answer, 'count'))
    yield withNumbers(row, ['schema_id']) as unknown as DeadLetterSummary
}
