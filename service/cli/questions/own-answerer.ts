import type { z } from 'zod'
import type { StoredEvent } from '../../../queries/events.ts'
import { replayTraceToJson } from '../../../schemas/json/replay-trace-json.ts'
import { ask, found, type Question, type QuestionInput } from '../../questions/question.ts'
import { questions } from '../../questions/questions.ts'
import type { Seeing } from '../../questions/seeing.ts'
import type { Service } from '../../wiring/service.ts'
import type { Answerer, PrintedEvents, QuestionInputOf, RowQuestion } from './answerer.ts'

/** Asks the read model that this process has open. */
export class OwnAnswerer implements Answerer {
  readonly #service: Service
  readonly #seeing: Seeing

  constructor(service: Service, seeing: Seeing) {
    this.#service = service
    this.#seeing = seeing
  }

  rows<Name extends RowQuestion>(question: Name, input: QuestionInputOf<Name>): Promise<readonly object[]> {
    return this.#ask<QuestionInput, readonly object[]>(questions[question], input)
  }

  summary(input: QuestionInputOf<'summary'>): ReturnType<Answerer['summary']> {
    return this.#ask(questions.summary, input)
  }

  async traceLink(input: QuestionInputOf<'traceLink'>): Promise<string> {
    const trace = await this.#ask(questions.traceLink, input)
    return replayTraceToJson(found(trace, `trace ${JSON.stringify(input.trace_link_id)}`))
  }

  async *events(input: QuestionInputOf<'eventPages'>): AsyncGenerator<PrintedEvents> {
    yield* printed(await this.#ask(questions.eventPages, input))
  }

  async *chain(input: QuestionInputOf<'chain'>): AsyncGenerator<PrintedEvents> {
    yield* printed(found(await this.#ask(questions.chain, input), `event of chain ${input.chain_id}`))
  }

  #ask<Input extends QuestionInput, Answer>(question: Question<Input, Answer>, input: z.input<Input>): Promise<Answer> {
    return ask(this.#service, question, input, this.#seeing)
  }
}

async function* printed(pages: AsyncIterable<readonly StoredEvent[]>): AsyncGenerator<PrintedEvents> {
  for await (const page of pages) {
    const last = page.at(-1)
    if (last !== undefined) yield { lines: page.map(({ json }) => json), cursor: last.cursor }
  }
}
