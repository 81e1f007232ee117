import type { DeadLetterQueryInput, DeadLetterSummary } from '../operations/dead-letters/listed-dead-letter.ts'
import type {
  AnalyticsFilterInput,
  BudgetsExceeded,
  ChainCost,
  ExpensiveChainsQueryInput,
  ExperienceEventSummary,
  OutcomeAnalytics,
  OutcomeQueryInput,
  SummaryQueryInput,
} from '../queries/analytics.ts'
import type { ArtifactChange } from '../queries/artifact-change.ts'
import type { ArtifactStatus } from '../queries/artifact-status.ts'
import { artifactTransition } from '../schemas/artifact-transition.ts'
import { parseEnvelope } from '../schemas/contract/envelope.ts'
import { parseInput } from '../schemas/contract/parse-input.ts'
import { envelopeFromStoredJson, envelopeToJson } from '../schemas/json/envelope-json.ts'
import { handedOut } from '../schemas/json/handed-out.ts'
import type { ExperienceEventEnvelopeInput } from '../schemas/types/event-input-types.ts'
import type { LifecycleEventInput } from '../schemas/types/event-part-input-types.ts'
import type { ArtifactKind, ReplayTrace } from '../schemas/types/event-part-types.ts'
import type { ExperienceEventEnvelope } from '../schemas/types/event-types.ts'
import type { ArtifactQueryInput, EventQueryInput } from '../schemas/types/query-types.ts'
import type { AsOfOption, EventPage, ExperienceStore, TenantOption } from '../service/store/experience-store.ts'
import { readAppendAnswer, type AppendAnswer } from './append-answer.ts'
import { AppendQueue, type AppendRequest } from './append-queue.ts'
import { appendList } from './append-list.ts'
import { askDeadLetters } from './ask-dead-letters.ts'
import { clientSettings, type HttpClientOptions } from './client-options.ts'
import { HttpConnection } from './http-connection.ts'
import { OwnWrites } from './own-writes.ts'
import { ArtifactInput, ChainInput } from './question-inputs.ts'
import { Questions } from './questions.ts'
import { Tail, type TailOptions } from './tail.ts'

/** Events of a chain that are held at once. */
const CHAIN_PAGE = 5000

/**
 * The experience store over HTTP: asks a server (`experience-log serve`). A read sees every earlier write of this store. Events that are
 * appended while a request is under way share the next one. Whatever may succeed later is tried again, an event as well: the same event
 * again counts once.
 *
 * Errors: those of `ExperienceStore`, and `Unauthorized`, `Forbidden` and `TooManyRequests`. Where an append fails with another code than
 * `InvalidQuery` and `Forbidden`, the log may have the event: append it again.
 */
export class HttpExperienceStore implements ExperienceStore {
  readonly #connection: HttpConnection
  readonly #queue: AppendQueue
  readonly #own: OwnWrites
  readonly #questions: Questions
  readonly #closing = new AbortController()

  /** Error: `InvalidSettings`. Nothing is asked yet. */
  constructor(options: HttpClientOptions) {
    const settings = clientSettings(options)
    this.#connection = new HttpConnection(settings)
    this.#queue = new AppendQueue({ ...settings, send: (request) => this.#send(request) })
    this.#own = new OwnWrites(settings.consistency)
    this.#questions = new Questions(this.#connection, this.#own)
  }

  async appendEvent(envelope: ExperienceEventEnvelopeInput): Promise<void> {
    const outcome = await this.#queue.append([envelopeToJson(parseEnvelope(envelope))])
    const fault = 'error' in outcome ? outcome.error : outcome.refused.get(0)
    if (fault !== undefined) throw fault
  }

  /**
   * Appends events in their order; at the first fault that is seen here it stops, and earlier events stay. Where the server alone refuses
   * an event (another tenant's, or one that is too large), later ones of the list may be appended all the same. With `atomic` it appends
   * all or none.
   */
  async appendEvents(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options: { readonly atomic?: boolean } = {},
  ): Promise<void> {
    await appendList(this.#queue, envelopes, options.atomic === true)
  }

  /** Resolves when an event may be appended without waiting: until then `maxPendingBytes` are on their way. */
  async ready(): Promise<void> {
    await this.#queue.ready()
  }

  /** Resolves when the server has answered for every event that was appended so far. */
  async flush(): Promise<void> {
    await this.#queue.flush()
  }

  async queryEvents(query: EventQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventEnvelope[]> {
    return [...(await this.queryEventPage(query, options)).events]
  }

  async queryEventPage(query: EventQueryInput = {}, options: AsOfOption = {}): Promise<EventPage> {
    this.#queue.checkOpen()
    const { lines, next } = await this.#questions.events(query, options)
    return { events: lines.map(envelopeOf), next }
  }

  async queryArtifacts(query: ArtifactQueryInput = {}, options: AsOfOption = {}): Promise<ArtifactStatus[]> {
    this.#queue.checkOpen()
    return this.#questions.artifacts(query, options)
  }

  async artifactHistory(id: string, options: AsOfOption & TenantOption = {}): Promise<ArtifactChange[]> {
    const query = parseInput(ArtifactInput, { artifact_id: id, tenant_id: options.tenant })
    const kinds = ['ArtifactStateTransitioned', 'ArtifactRollbackRecorded'] as const
    return (await this.queryEvents({ ...query, kinds }, options)) as ArtifactChange[]
  }

  async writeArtifactStateTransition(
    artifactId: string,
    artifactKind: ArtifactKind,
    event: LifecycleEventInput,
  ): Promise<string> {
    const eventId = `evt-${crypto.randomUUID()}`
    await this.appendEvent(artifactTransition(eventId, artifactId, artifactKind, event))
    return eventId
  }

  async getTraceLink(id: string, options: AsOfOption & TenantOption = {}): Promise<ReplayTrace | null> {
    this.#queue.checkOpen()
    return this.#questions.traceLink(id, options)
  }

  async *chain(id: string, options: AsOfOption & TenantOption = {}): AsyncGenerator<ExperienceEventEnvelope> {
    const query = parseInput(ChainInput, { chain_id: id, tenant_id: options.tenant })
    let after: string | null = null
    do {
      const page: EventPage = await this.queryEventPage({ ...query, limit: CHAIN_PAGE, after }, options)
      yield* page.events
      after = page.next
    } while (after !== null)
  }

  async outcomeAnalytics(query: OutcomeQueryInput = {}, options: AsOfOption = {}): Promise<OutcomeAnalytics[]> {
    this.#queue.checkOpen()
    return this.#questions.outcomes(query, options)
  }

  async mostExpensiveChains(query: ExpensiveChainsQueryInput = {}, options: AsOfOption = {}): Promise<ChainCost[]> {
    this.#queue.checkOpen()
    return this.#questions.chains(query, options)
  }

  async budgetsExceeded(filter: AnalyticsFilterInput = {}, options: AsOfOption = {}): Promise<BudgetsExceeded[]> {
    this.#queue.checkOpen()
    return this.#questions.budgets(filter, options)
  }

  async summariseEvents(query: SummaryQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventSummary> {
    this.#queue.checkOpen()
    return this.#questions.summary(query, options)
  }

  /** Lists dead letters, topic by topic. Over HTTP operators alone see them. Errors: `Forbidden`, `InvalidQuery` naming the field. */
  async *deadLetters(query: DeadLetterQueryInput = {}): AsyncGenerator<DeadLetterSummary> {
    this.#queue.checkOpen()
    yield* askDeadLetters(this.#connection, query, this.#closing.signal)
  }

  /**
   * Follows the log live, from `now` on or from another place, without end. Where the connection breaks it comes again, and goes on behind
   * the last item: none is lost, and none comes twice. It reads no faster than you iterate; leaving the loop, the signal and `close` end it.
   * Errors: those of the first connection, once `retryForMs` are over; later ones that no time heals, such as a key that is revoked.
   */
  tail(options: TailOptions = {}): Tail {
    this.#queue.checkOpen()
    return new Tail(this.#connection, options, this.#closing.signal)
  }

  /** Takes no more events, waits for the answers to those that were appended, and ends what follows the log. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#queue.close()
  }

  async #send({ body, events, isAtomic }: AppendRequest): Promise<AppendAnswer> {
    const asked = {
      method: 'POST',
      path: 'v1/events',
      query: { atomic: isAtomic ? true : null },
      headers: { 'content-type': 'application/x-ndjson' },
      body,
      // Where all are refused, each of them is told of.
      answers: [400, 403],
    } as const
    try {
      const answer = await this.#connection.ask(asked, (given) => readAppendAnswer(given, events))
      for (const position of answer.positions) this.#own.add(position)
      return answer
    } catch (error) {
      this.#own.addUnknown()
      throw error
    }
  }
}

/** Floats that are not finite were printed as `null`. */
function envelopeOf(line: string): ExperienceEventEnvelope {
  return handedOut(envelopeFromStoredJson(line))
}
