import { eventPages } from '../../queries/events.ts'
import { EventQuery, type EventQueryInput } from '../../schemas/contract/event-query.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { withService, writeLine, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/** Events held in memory at once. */
const PAGE = 5000

/** Prints the envelopes that match as JSON lines, after all that was appended is projected. */
export async function query(context: CommandContext, input: EventQueryInput): Promise<number> {
  const parsed = parseInput(EventQuery, input)
  return withService(context, async (service) => {
    await service.catchUp()
    for await (const page of eventPages(service.queries, parsed, PAGE)) {
      if (context.stopped.aborted) break
      await writeLine(context.stdout, page.map(({ json }) => json).join('\n'))
    }
    return EXIT.done
  })
}
