import { checkNotInterrupted } from '../../../base/interruption.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { HeldTopic } from '../../../operations/holds/held-topic.ts'
import { topicHeld } from '../../../operations/holds/hold-texts.ts'
import { printRows, withReader, writeLine, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import type { Moment } from '../options.ts'
import { HttpAnswerer } from '../over-http/http-answerer.ts'
import { serverOf } from '../over-http/server-of.ts'
import { tell } from '../terminal/write.ts'
import type { Answerer, PrintedEvents, QuestionInputOf, RowQuestion } from './answerer.ts'
import { countsByKind } from './counts-by-kind.ts'
import { OwnAnswerer } from './own-answerer.ts'

/** How a question is asked beside what it is. */
export interface Asking extends Moment {
  readonly format: OutputFormat
}

type Print = (answerer: Answerer) => Promise<void>

/**
 * Prints an answer. Where topics are held, one about all tenants is given all the same, and the error follows that says what it
 * lacks. Errors: `TopicHeld`, and what `print` throws.
 */
async function answer(context: CommandContext, { asOf }: Moment, print: Print): Promise<number> {
  const server = serverOf(context.settings)
  if (server !== null) {
    await print(new HttpAnswerer(server, asOf?.text, context.stopped))
    return EXIT.done
  }
  return withReader(context, async (service) => {
    const lacking: HeldTopic[] = []
    try {
      await print(new OwnAnswerer(service, { asOf: asOf ?? null, lacks: (held) => lacking.push(...held) }))
    } catch (error) {
      // What was not found may be what is lacking.
      if (lacking.length === 0 || !(error instanceof ExperienceError) || error.code !== 'NotFound') throw error
    }
    if (lacking.length > 0) throw topicHeld(lacking)
    return EXIT.done
  })
}

/** Prints the rows that a question answers, after all that was appended is projected. */
export async function printAnswer<Name extends RowQuestion>(
  context: CommandContext,
  question: Name,
  input: QuestionInputOf<Name>,
  { format, ...moment }: Asking,
): Promise<number> {
  return answer(context, moment, async (answerer) =>
    printRows(context.stdout, await answerer.rows(question, input), format),
  )
}

/** Prints the events per kind: the contract's summary, or a table for people. */
export async function printSummary(context: CommandContext, tenant: string | null, asking: Asking): Promise<number> {
  return answer(context, asking, async (answerer) => {
    const summary = await answerer.summary({ tenant_id: tenant })
    const rows = asking.format === 'json' ? [summary] : countsByKind(summary.by_kind)
    await printRows(context.stdout, rows, asking.format)
  })
}

/** Prints a replay trace by its id. Error: `NotFound`. */
export async function printTraceLink(
  context: CommandContext,
  id: string,
  tenant: string | null,
  moment: Moment,
): Promise<number> {
  return answer(context, moment, async (answerer) =>
    writeLine(context.stdout, await answerer.traceLink({ trace_link_id: id, tenant_id: tenant })),
  )
}

/** Prints a chain's events as JSON lines. Error: `NotFound`. */
export async function printChain(
  context: CommandContext,
  id: string,
  tenant: string | null,
  moment: Moment,
): Promise<number> {
  return answer(context, moment, async (answerer) => {
    await printEvents(context, answerer.chain({ chain_id: id, tenant_id: tenant }))
  })
}

/**
 * Prints the envelopes that match as JSON lines; if asked for, on stderr the cursor that `--after` takes to go on behind the
 * last.
 */
export async function printQuery(
  context: CommandContext,
  input: QuestionInputOf<'eventPages'>,
  { printCursor, ...moment }: Moment & { readonly printCursor: boolean },
): Promise<number> {
  return answer(context, moment, async (answerer) => {
    const cursor = await printEvents(context, answerer.events(input))
    if (printCursor && cursor !== null) await tell(context.stderr, cursor)
  })
}

/** Answers with the cursor of the last event; null where there is none. */
async function printEvents(context: CommandContext, pages: AsyncIterable<PrintedEvents>): Promise<string | null> {
  let last: string | null = null
  for await (const { lines, cursor } of pages) {
    if (context.stopped.aborted) break
    await writeLine(context.stdout, lines.join('\n'))
    last = cursor
  }
  checkNotInterrupted(context.stopped, 'not all events that match were printed')
  return last
}
