import { ExperienceError } from '../../../base/experience-error.ts'
import { pause } from '../../../base/waiting.ts'
import { errorOfTold } from '../../../client/answer-error.ts'
import { rowsIn } from '../../../client/answer-rows.ts'
import type { Asked, HttpConnection } from '../../../client/http-connection.ts'
import { readJsonObject, type JsonObject } from '../../../client/read-json.ts'
import { rowLines } from '../../../client/row-lines.ts'
import type { CommandContext } from '../command-context.ts'
import { serverOf } from './server-of.ts'

/** How often it is asked how far an act is, ms. */
const LOOK_MS = 500

type Query = NonNullable<Asked['query']>

/** What a server tells of a long act. Its counts are numbers. */
export interface Act {
  readonly id: string
  readonly state: 'running' | 'done' | 'failed'
  readonly progress: object | null
  readonly result: object | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Operates a server, for commands: `/v1/ops/…`. Errors of all: those of `HttpConnection.ask`. */
export class Operator {
  readonly connection: HttpConnection
  readonly #stopped: AbortSignal

  constructor(connection: HttpConnection, stopped: AbortSignal) {
    this.connection = connection
    this.#stopped = stopped
  }

  /** The JSON text that a path answers. */
  async text(path: string, query: Query = {}): Promise<string> {
    return (await this.#ask({ path, query }, (answer) => answer.text())).trimEnd()
  }

  /** The rows that an answer holds under a name. */
  async rows(path: string, name: string, query: Query = {}): Promise<readonly JsonObject[]> {
    return rowsIn(readJsonObject(await this.text(path, query)), name)
  }

  /** Has something done, once, and answers with the JSON text of what came of it. */
  async do(path: string, how: Pick<Asked, 'method' | 'query' | 'body' | 'headers'> = {}): Promise<string> {
    return (await this.#ask({ method: 'POST', path, isOnce: true, ...how }, (answer) => answer.text())).trimEnd()
  }

  /** As `do`, answered in lines: see `rowLines`. */
  async *linesOf(path: string, query: Query, closing: string): AsyncGenerator<JsonObject, JsonObject> {
    const headers = { accept: 'application/x-ndjson' }
    const answer = await this.#ask({ method: 'POST', path, query, headers, isOnce: true }, async (given) => given)
    return yield* rowLines(answer, closing)
  }

  /** The bytes that a path answers, as they come. */
  async bytes(path: string, query: Query): Promise<AsyncIterable<Uint8Array>> {
    const answer = await this.#ask({ path, query, isOnce: true }, async (given) => given)
    return answer.body as unknown as AsyncIterable<Uint8Array>
  }

  /**
   * What a long act comes to that was begun; `report` is told how far it is. Errors: what the act failed with; `Interrupted` where it is
   * not waited for: then the server goes on with it; `Unavailable` where the server was started anew.
   */
  async resultOf(begun: Act, report: (progress: object) => void = () => {}): Promise<object> {
    for (let act = begun; ; act = await this.#look(begun.id)) {
      if (act.state === 'failed') throw errorOfTold({ ...act.error })
      if (act.state === 'done') return act.result ?? {}
      if (act.progress !== null) report(act.progress)
      await pause(LOOK_MS, this.#stopped)
      if (this.#stopped.aborted)
        throw new ExperienceError('Interrupted', 'not waited for any longer: the server goes on with it')
    }
  }

  async #look(id: string): Promise<Act> {
    const { acts } = JSON.parse(await this.text('acts')) as { readonly acts: readonly Act[] }
    const act = acts.find((each) => each.id === id)
    if (act !== undefined) return act
    throw new ExperienceError('Unavailable', 'the server does not know of it any more: it was started anew meanwhile')
  }

  #ask<Answer>(asked: Asked, read: (answer: Response) => Promise<Answer>): Promise<Answer> {
    return this.connection.ask({ ...asked, path: `v1/ops/${asked.path}`, signal: this.#stopped }, read)
  }
}

/** Who operates the server that is named; null where the command works on the log itself. Error: `InvalidSettings`. */
export function operatorOf({ settings, stopped }: Pick<CommandContext, 'settings' | 'stopped'>): Operator | null {
  const server = serverOf(settings)
  return server === null ? null : new Operator(server, stopped)
}
