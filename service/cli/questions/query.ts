import { eventPages } from '../../../queries/events.ts'
import { EventQuery, type EventQueryInput } from '../../../schemas/contract/event-query.ts'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { ExperienceError } from '../../../schemas/experience-error.ts'
import type { AsOf } from '../../as-of/as-of.ts'
import { checkNotInterrupted, withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Events held in memory at once. */
const PAGE = 5000

/**
 * Prints the envelopes that match as JSON lines, after all that was appended is projected; if asked for, on stderr the cursor
 * that `--after` takes to go on behind the last. With `named`, something is asked for that should exist. Error: `NotFound`.
 */
export async function query(
  context: CommandContext,
  input: EventQueryInput,
  options: { readonly asOf?: AsOf | undefined; readonly printCursor?: boolean; readonly named?: string },
): Promise<number> {
  const parsed = parseInput(EventQuery, input)
  return withService(context, async (service) => {
    const queries = await service.queriesAsOf(options.asOf ?? null, parsed.tenant_id)
    let last: string | undefined
    for await (const page of eventPages(queries, parsed, PAGE)) {
      if (context.stopped.aborted) break
      await writeLine(context.stdout, page.map(({ json }) => json).join('\n'))
      last = page.at(-1)?.cursor
    }
    checkNotInterrupted(context, 'more events match than were printed')
    if (options.named !== undefined && last === undefined) {
      throw new ExperienceError('NotFound', `there is no event of ${options.named}`)
    }
    if (options.printCursor === true && last !== undefined) await writeLine(context.stderr, last)
    return EXIT.done
  })
}
