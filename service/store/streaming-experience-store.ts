import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Target } from '../../consumers/projection-progress.ts'
import { NOBODY_LISTENS, type Observer } from '../../base/observer.ts'
import { offset, partitionText, type Position } from '../../base/position.ts'
import { DeadLetterQuery } from '../../operations/dead-letters/dead-letter-query.ts'
import { summariseDeadLetter } from '../../operations/dead-letters/dead-letter-summary.ts'
import type { DeadLetterQueryInput, DeadLetterSummary } from '../../operations/dead-letters/listed-dead-letter.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import type {
  AnalyticsFilterInput,
  BudgetsExceeded,
  ChainCost,
  ExpensiveChainsQueryInput,
  ExperienceEventSummary,
  OutcomeAnalytics,
  OutcomeQueryInput,
  SummaryQueryInput,
} from '../../queries/analytics.ts'
import type { ArtifactChange } from '../../queries/artifact-change.ts'
import type { ArtifactStatus } from '../../queries/artifact-status.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'
import type { LifecycleEventInput } from '../../schemas/types/event-part-input-types.ts'
import type { ArtifactKind, ReplayTrace } from '../../schemas/types/event-part-types.ts'
import type { ExperienceEventEnvelope } from '../../schemas/types/event-types.ts'
import type { ArtifactQueryInput, EventQueryInput } from '../../schemas/types/query-types.ts'
import { parseAsOf } from '../questions/as-of.ts'
import { ask, type Question, type QuestionInput } from '../questions/question.ts'
import { questions } from '../questions/questions.ts'
import type { Settings } from '../settings.ts'
import { Service } from '../wiring/service.ts'
import { artifactTransition } from '../../schemas/artifact-transition.ts'
import type { AsOfOption, EventPage, ExperienceStore, TenantOption } from './experience-store.ts'

/**
 * The experience store on the log and the read model. A read waits until everything that this store has appended is projected, so it sees
 * every earlier write of this store. It sees what others have appended as far as projectors have come.
 */
export class StreamingExperienceStore implements ExperienceStore {
  readonly #service: Service
  readonly #producer: EventProducer
  /** The next offset behind this store's last append, per partition. */
  readonly #appended = new Map<string, Target>()

  #closed: Promise<void> | null = null

  private constructor(service: Service, producer: EventProducer) {
    this.#service = service
    this.#producer = producer
  }

  /** Opens the log and the read model that the settings name. `observer` hears what this process does. */
  static async open(settings: Settings, observer: Observer = NOBODY_LISTENS): Promise<StreamingExperienceStore> {
    const service = await Service.open(settings, observer)
    try {
      return new StreamingExperienceStore(service, await service.openProducer())
    } catch (error) {
      await service.close()
      throw error
    }
  }

  async appendEvent(envelope: ExperienceEventEnvelopeInput): Promise<void> {
    this.#remember(await this.#producer.append(envelope))
  }

  async appendEvents(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options: { readonly atomic?: boolean } = {},
  ): Promise<void> {
    try {
      for (const position of await this.#producer.appendMany(envelopes, options)) this.#remember(position)
    } catch (error) {
      // What was appended before the fault is this store's write too.
      for (const target of await this.#endOfLogOrNone()) this.#rememberTarget(target)
      throw error
    }
  }

  async queryEvents(query: EventQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventEnvelope[]> {
    return [...(await this.queryEventPage(query, options)).events]
  }

  async queryEventPage(query: EventQueryInput = {}, options: AsOfOption = {}): Promise<EventPage> {
    const { events, next } = await this.#ask(questions.events, query, options)
    return { events: events.map(({ envelope }) => envelope), next }
  }

  queryArtifacts(query: ArtifactQueryInput = {}, options: AsOfOption = {}): Promise<ArtifactStatus[]> {
    return this.#ask(questions.artifacts, query, options)
  }

  async writeArtifactStateTransition(
    artifactId: string,
    artifactKind: ArtifactKind,
    event: LifecycleEventInput,
  ): Promise<string> {
    const eventId = `evt-${randomUUID()}`
    await this.appendEvent(artifactTransition(eventId, artifactId, artifactKind, event))
    return eventId
  }

  getTraceLink(id: string, options: AsOfOption & TenantOption = {}): Promise<ReplayTrace | null> {
    return this.#ask(questions.traceLink, { trace_link_id: id, tenant_id: options.tenant ?? null }, options)
  }

  outcomeAnalytics(query: OutcomeQueryInput = {}, options: AsOfOption = {}): Promise<OutcomeAnalytics[]> {
    return this.#ask(questions.outcomes, query, options)
  }

  mostExpensiveChains(query: ExpensiveChainsQueryInput = {}, options: AsOfOption = {}): Promise<ChainCost[]> {
    return this.#ask(questions.chains, query, options)
  }

  budgetsExceeded(filter: AnalyticsFilterInput = {}, options: AsOfOption = {}): Promise<BudgetsExceeded[]> {
    return this.#ask(questions.budgets, filter, options)
  }

  summariseEvents(query: SummaryQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventSummary> {
    return this.#ask(questions.summary, query, options)
  }

  artifactHistory(id: string, options: AsOfOption & TenantOption = {}): Promise<ArtifactChange[]> {
    return this.#ask(questions.artifactHistory, { artifact_id: id, tenant_id: options.tenant ?? null }, options)
  }

  async *chain(id: string, options: AsOfOption & TenantOption = {}): AsyncGenerator<ExperienceEventEnvelope> {
    const pages = await this.#ask(questions.chain, { chain_id: id, tenant_id: options.tenant ?? null }, options)
    for await (const page of pages ?? []) for (const { envelope } of page) yield envelope
  }

  async *deadLetters(query: DeadLetterQueryInput = {}): AsyncGenerator<DeadLetterSummary> {
    const { tenant_id, reason, state } = parseInput(DeadLetterQuery, query)
    for await (const letter of this.#service.deadLetters({ tenant: tenant_id, reason, state }))
      yield summariseDeadLetter(letter, this.#service.log.topics)
  }

  async close(): Promise<void> {
    this.#closed ??= this.#producer.close().then(() => this.#service.close())
    await this.#closed
  }

  /** Nothing where the log cannot be asked: the fault of the append says so. */
  async #endOfLogOrNone(): Promise<Target[]> {
    try {
      return await this.#service.endOfLog()
    } catch {
      return []
    }
  }

  #remember({ topic, partition, offset: at }: Position): void {
    this.#rememberTarget({ topic, partition, next: offset(at + 1n) })
  }

  #rememberTarget(target: Target): void {
    const key = partitionText(target)
    const known = this.#appended.get(key)
    if (known === undefined || known.next < target.next) this.#appended.set(key, target)
  }

  #appendedOf(tenant: string | null): Target[] {
    const all = [...this.#appended.values()]
    if (tenant === null) return all
    const name = this.#service.log.topics.topic('events', tenant)
    return all.filter(({ topic }) => topic === name)
  }

  /** Asks once what this store has appended is projected; about what the log held at a moment, others' writes too. */
  async #ask<Input extends QuestionInput, Answer>(
    question: Question<Input, Answer>,
    input: z.input<Input>,
    { asOf }: AsOfOption,
  ): Promise<Answer> {
    let targets: readonly Target[] = []
    const projected = (tenant: string | null): readonly Target[] => (targets = this.#appendedOf(tenant))
    const moment = asOf === undefined ? null : parseAsOf(asOf)
    const answer = await ask(this.#service, question, input, { asOf: moment, projected })
    // What is projected stays so: it need not be waited for again.
    for (const target of targets) {
      if (this.#appended.get(partitionText(target)) === target) this.#appended.delete(partitionText(target))
    }
    return answer
  }
}
