import { checkNotInterrupted } from '../../../base/interruption.ts'
import type { z } from 'zod'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { HeldTopic } from '../../../operations/holds/held-topic.ts'
import { topicHeld } from '../../../operations/holds/hold-texts.ts'
import { ask, found, type Question, type QuestionInput } from '../../questions/question.ts'
import type { Seeing } from '../../questions/seeing.ts'
import { questions } from '../../questions/questions.ts'
import type { StoredEvent } from '../../../queries/events.ts'
import { replayTraceToJson } from '../../../schemas/json/replay-trace-json.ts'
import { printRows, withReader, writeLine, type CommandContext, type OutputFormat } from '../command-context.ts'
import type { Service } from '../../wiring/service.ts'
import { EXIT } from '../exit-codes.ts'
import { tell } from '../terminal/write.ts'
import type { Moment } from '../options.ts'
import { countsByKind } from './counts-by-kind.ts'

/** How a question is asked beside what it is. */
export interface Asking extends Moment {
  readonly format: OutputFormat
}

/**
 * Prints an answer. Where topics are held, one about all tenants is given all the same, and the error follows that says what it
 * lacks. Errors: `TopicHeld`, and what `print` throws.
 */
async function answer(
  context: CommandContext,
  moment: Moment,
  print: (service: Service, seeing: Seeing) => Promise<void>,
): Promise<number> {
  return withReader(context, async (service) => {
    const lacking: HeldTopic[] = []
    try {
      await print(service, { asOf: moment.asOf ?? null, lacks: (held) => lacking.push(...held) })
    } catch (error) {
      // What was not found may be what is lacking.
      if (lacking.length === 0 || !(error instanceof ExperienceError) || error.code !== 'NotFound') throw error
    }
    if (lacking.length > 0) throw topicHeld(lacking)
    return EXIT.done
  })
}

/** Prints the rows that a question answers, after all that was appended is projected. */
export async function printAnswer<Input extends QuestionInput>(
  context: CommandContext,
  question: Question<Input, readonly object[]>,
  input: z.input<Input>,
  { format, ...moment }: Asking,
): Promise<number> {
  return answer(context, moment, async (service, seeing) =>
    printRows(context.stdout, await ask(service, question, input, seeing), format),
  )
}

/** Prints the events per kind: the contract's summary, or a table for people. */
export async function printSummary(context: CommandContext, tenant: string | null, asking: Asking): Promise<number> {
  return answer(context, asking, async (service, seeing) => {
    const summary = await ask(service, questions.summary, { tenant_id: tenant }, seeing)
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
  return answer(context, moment, async (service, seeing) => {
    const trace = await ask(service, questions.traceLink, { trace_link_id: id, tenant_id: tenant }, seeing)
    await writeLine(context.stdout, replayTraceToJson(found(trace, `trace ${JSON.stringify(id)}`)))
  })
}

/** Prints a chain's events as JSON lines. Error: `NotFound`. */
export async function printChain(
  context: CommandContext,
  id: string,
  tenant: string | null,
  moment: Moment,
): Promise<number> {
  return answer(context, moment, async (service, seeing) => {
    const pages = await ask(service, questions.chain, { chain_id: id, tenant_id: tenant }, seeing)
    await printEvents(context, found(pages, `event of chain ${id}`))
  })
}

/**
 * Prints the envelopes that match as JSON lines; if asked for, on stderr the cursor that `--after` takes to go on behind the
 * last.
 */
export async function printQuery(
  context: CommandContext,
  input: z.input<typeof questions.eventPages.input>,
  { printCursor, ...moment }: Moment & { readonly printCursor: boolean },
): Promise<number> {
  return answer(context, moment, async (service, seeing) => {
    const last = await printEvents(context, await ask(service, questions.eventPages, input, seeing))
    if (printCursor && last !== undefined) await tell(context.stderr, last.cursor)
  })
}

/** Answers with the last event. */
async function printEvents(
  context: CommandContext,
  pages: AsyncIterable<readonly StoredEvent[]>,
): Promise<StoredEvent | undefined> {
  let last: StoredEvent | undefined
  for await (const page of pages) {
    if (context.stopped.aborted) break
    await writeLine(context.stdout, page.map(({ json }) => json).join('\n'))
    last = page.at(-1)
  }
  checkNotInterrupted(context.stopped, 'not all events that match were printed')
  return last
}
