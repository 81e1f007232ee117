import { checkNotInterrupted } from '../../../base/interruption.ts'
import { printRows, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { listOverHttp } from '../over-http/dead-letters-over-http.ts'
import { operatorOf } from '../over-http/operator.ts'
import { tellUnprojected, withProjectedLog } from './projected-log.ts'
import { topicHeld } from '../../../operations/holds/hold-texts.ts'
import { topicsHeld } from '../../../operations/holds/release.ts'
import { chosenDeadLetters, type DeadLetterFilter } from '../../../operations/dead-letters/choice.ts'
import { summariseDeadLetter } from '../../../operations/dead-letters/dead-letter-summary.ts'
import type { DeadLetterSummary } from '../../../operations/dead-letters/listed-dead-letter.ts'

/** Prints the dead letters that a filter lets through, topic by topic: as they are read, or as a table at the end. */
export async function listDeadLetters(
  context: CommandContext,
  filter: DeadLetterFilter,
  { limit, format }: { readonly limit: bigint | null; readonly format: OutputFormat },
): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return listOverHttp(context, operator, filter, { limit, format })
  return withProjectedLog(context, async (open, whyNotProjected) => {
    tellUnprojected(context, whyNotProjected)
    const rows: DeadLetterSummary[] = []
    let left = limit ?? -1n
    if (left !== 0n) {
      for await (const each of chosenDeadLetters(open, filter)) {
        if (context.stopped.aborted) break
        const row = summariseDeadLetter(each, open.topics)
        if (format === 'table') rows.push(row)
        else await printRows(context.stdout, [row], 'json')
        if (--left === 0n) break
      }
    }
    const held = await topicsHeld(open, context.settings.CLICKHOUSE_DATABASE)
    const asked = held.filter(
      ({ topic }) => filter.tenant === null || topic === open.topics.topic('events', filter.tenant),
    )
    // What they hold is no dead letter as yet.
    if (asked.length > 0) context.stderr.write(`${topicHeld(asked).message}\n`)
    checkNotInterrupted(context.stopped, 'not all dead letters were printed')
    if (format === 'table') await printRows(context.stdout, rows, 'table')
    return EXIT.done
  })
}
