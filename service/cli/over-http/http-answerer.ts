import { ExperienceError } from '../../../base/experience-error.ts'
import { Questions } from '../../../client/questions.ts'
import { OwnWrites } from '../../../client/own-writes.ts'
import type { HttpConnection } from '../../../client/http-connection.ts'
import { replayTraceToJson } from '../../../schemas/json/replay-trace-json.ts'
import type { Answerer, PrintedEvents, QuestionInputOf, RowQuestion } from '../questions/answerer.ts'

/** Events of one request. */
const PAGE = 5000n

/** Asks a server over HTTP. */
export class HttpAnswerer implements Answerer {
  readonly #questions: Questions
  readonly #asking: { readonly asOf?: string; readonly signal: AbortSignal }

  /** `asOf`: as the user spelt it. */
  constructor(connection: HttpConnection, asOf: string | undefined, signal: AbortSignal) {
    this.#questions = new Questions(connection, new OwnWrites('latest'))
    this.#asking = asOf === undefined ? { signal } : { asOf, signal }
  }

  rows<Name extends RowQuestion>(question: Name, input: QuestionInputOf<Name>): Promise<readonly object[]> {
    return this.#questions[question](input as never, this.#asking)
  }

  summary(input: QuestionInputOf<'summary'>): ReturnType<Answerer['summary']> {
    return this.#questions.summary(input, this.#asking)
  }

  async traceLink({ trace_link_id, tenant_id }: QuestionInputOf<'traceLink'>): Promise<string> {
    const trace = await this.#questions.traceLink(trace_link_id, { ...this.#asking, tenant: tenant_id })
    if (trace === null) throw new ExperienceError('NotFound', `there is no trace ${JSON.stringify(trace_link_id)}`)
    return replayTraceToJson(trace)
  }

  async *events(input: QuestionInputOf<'eventPages'>): AsyncGenerator<PrintedEvents> {
    let left = input.limit === null || input.limit === undefined ? null : BigInt(input.limit)
    let after = input.after ?? null
    do {
      const limit = left === null || left > PAGE ? PAGE : left
      const { lines, next, last } = await this.#questions.events({ ...input, limit, after }, this.#asking)
      if (lines.length > 0 && last !== null) yield { lines, cursor: last }
      if (left !== null) left -= BigInt(lines.length)
      after = next
    } while (after !== null && (left === null || left > 0n))
  }

  async *chain(input: QuestionInputOf<'chain'>): AsyncGenerator<PrintedEvents> {
    let isFound = false
    for await (const page of this.events(input)) {
      isFound = true
      yield page
    }
    if (!isFound) throw new ExperienceError('NotFound', `there is no event of chain ${input.chain_id}`)
  }
}
