import { offset } from '../../base/position.ts'
import { randomUUID } from 'node:crypto'
import { DeadLetterQuery } from '../../operations/dead-letters/dead-letter-query.ts'
import type { DeadLetterQueryInput, DeadLetterSummary } from '../../operations/dead-letters/listed-dead-letter.ts'
import { faultOfListed } from '../../base/fault-of-listed.ts'
import { asExperienceError } from '../../producers/append-call.ts'
import type { EventRow } from '../../projections/events/event-columns.ts'
import { eventRow } from '../../projections/events/event-row.ts'
import { digestKey } from '../../projections/events/stored-copies.ts'
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
import { changesOf } from '../../queries/artifact-history.ts'
import type { ArtifactStatus } from '../../queries/artifact-status.ts'
import type { AnalyticsFilter } from '../../queries/clauses/filters.ts'
import { cursorOf, placeOfCursor, type EventPlace } from '../../queries/event-cursor.ts'
import { summaryOf } from '../../queries/event-summary.ts'
import { contentDigest } from '../../schemas/content-digest.ts'
import { parseEnvelope } from '../../schemas/contract/envelope.ts'
import { EventQuery } from '../../schemas/contract/event-query.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { instantOfMillis, parseInstant } from '../../schemas/instant.ts'
import { envelopeFromStoredJson, envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { handedOut, handedOutTrace } from '../../schemas/json/handed-out.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/types/event-input-types.ts'
import type { LifecycleEventInput } from '../../schemas/types/event-part-input-types.ts'
import type { ArtifactKind, ReplayTrace } from '../../schemas/types/event-part-types.ts'
import type { ExperienceEventEnvelope } from '../../schemas/types/event-types.ts'
import type { ArtifactQueryInput, EventQueryInput } from '../../schemas/types/query-types.ts'
import { asOfFault, millisOf, parseAsOf, type AsOf } from '../questions/as-of.ts'
import { questions } from '../questions/questions.ts'
import { artifactTransition } from '../../schemas/artifact-transition.ts'
import type { AsOfOption, EventPage, ExperienceStore, TenantOption } from './experience-store.ts'
import { artifactStatuses, matchesArtifact } from './in-memory/artifact-statuses.ts'
import { chainCosts } from './in-memory/chain-costs.ts'
import { exceededBudgets } from './in-memory/exceeded-budgets.ts'
import { filterOf, type Held } from './in-memory/held-event.ts'
import { grouped } from './in-memory/grouped.ts'
import { outcomeAnalyticsOf } from './in-memory/outcome-analytics.ts'

/** The one topic, of one partition. */
const TOPIC = 'memory'

/** An experience store for your tests: it gives the same answers as the streaming store, without a log or a read model. */
export class InMemoryExperienceStore implements ExperienceStore {
  /** In the order of answers. */
  #held: Held[] = []
  readonly #digests = new Set<string>()
  #appended = 0n

  async appendEvent(envelope: ExperienceEventEnvelopeInput): Promise<void> {
    this.#hold(parseEnvelope(envelope))
  }

  async appendEvents(
    envelopes: readonly ExperienceEventEnvelopeInput[],
    options: { readonly atomic?: boolean } = {},
  ): Promise<void> {
    if (options.atomic === true) for (const envelope of envelopes.map(parseListed)) this.#hold(envelope)
    else for (const [index, envelope] of envelopes.entries()) this.#hold(parseListed(envelope, index))
  }

  async queryEvents(input: EventQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventEnvelope[]> {
    return [...(await this.queryEventPage(input, options)).events]
  }

  async queryEventPage(input: EventQueryInput = {}, options: AsOfOption = {}): Promise<EventPage> {
    const query = parseInput(questions.events.input, input)
    const matching = this.#asOf(options).filter(filterOf(query))
    if (query.descending) matching.reverse()
    const first = query.after === null ? 0 : matching.findIndex(isBehind(query.after, query.descending))
    const page =
      first === -1 ? [] : matching.slice(first, query.limit === null ? undefined : first + Number(query.limit))
    const last = BigInt(page.length) === query.limit ? page.at(-1) : undefined
    return { events: page.map(({ envelope }) => envelope), next: last === undefined ? null : cursorOf(placeOf(last)) }
  }

  async queryArtifacts(input: ArtifactQueryInput = {}, options: AsOfOption = {}): Promise<ArtifactStatus[]> {
    const query = parseInput(questions.artifacts.input, input)
    const statuses = artifactStatuses(this.#asOf(options).map(({ row }) => row)).filter((status) =>
      matchesArtifact(query, status),
    )
    return statuses.slice(0, query.limit === null ? undefined : Number(query.limit))
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

  async getTraceLink(id: string, options: AsOfOption & TenantOption = {}): Promise<ReplayTrace | null> {
    let last: Held | undefined
    for (const held of this.#asOf(options)) {
      const { envelope, row } = held
      if (envelope.event.type !== 'ReplayTraceRecorded' || row.trace_link_id !== id) continue
      if ((options.tenant ?? null) !== null && envelope.tenant_id !== options.tenant) continue
      if (last === undefined || last.row.offset < row.offset) last = held
    }
    return last?.envelope.event.type === 'ReplayTraceRecorded'
      ? handedOutTrace(last.envelope.event.data.trace_link)
      : null
  }

  async outcomeAnalytics(input: OutcomeQueryInput = {}, options: AsOfOption = {}): Promise<OutcomeAnalytics[]> {
    const query = parseInput(questions.outcomes.input, input)
    return outcomeAnalyticsOf(this.#rows(query, options), query)
  }

  async mostExpensiveChains(input: ExpensiveChainsQueryInput = {}, options: AsOfOption = {}): Promise<ChainCost[]> {
    const query = parseInput(questions.chains.input, input)
    return chainCosts(this.#rows(query, options)).slice(0, Number(query.limit))
  }

  async budgetsExceeded(input: AnalyticsFilterInput = {}, options: AsOfOption = {}): Promise<BudgetsExceeded[]> {
    return exceededBudgets(this.#rows(parseInput(questions.budgets.input, input), options))
  }

  async summariseEvents(input: SummaryQueryInput = {}, options: AsOfOption = {}): Promise<ExperienceEventSummary> {
    const { tenant_id } = parseInput(questions.summary.input, input)
    const byKind = grouped(this.#rows({ tenant_id, time_range: null }, options), ({ kind }) => kind)
    return summaryOf(new Map(Array.from(byKind, ([kind, rows]) => [kind, BigInt(rows.length)])))
  }

  async artifactHistory(id: string, options: AsOfOption & TenantOption = {}): Promise<ArtifactChange[]> {
    const input = { artifact_id: id, tenant_id: options.tenant ?? null }
    const query = changesOf(parseInput(questions.artifactHistory.input, input))
    return (await this.queryEvents(query, options)) as ArtifactChange[]
  }

  async *chain(id: string, options: AsOfOption & TenantOption = {}): AsyncGenerator<ExperienceEventEnvelope> {
    const query = parseInput(questions.chain.input, { chain_id: id, tenant_id: options.tenant ?? null })
    yield* await this.queryEvents(query, options)
  }

  /** There are none: the store takes events only. */
  async *deadLetters(query: DeadLetterQueryInput = {}): AsyncGenerator<DeadLetterSummary> {
    parseInput(DeadLetterQuery, query)
    yield* []
  }

  async close(): Promise<void> {
    this.#held = []
    this.#digests.clear()
  }

  /** The rows that an analytics question is about. */
  #rows({ tenant_id, time_range }: AnalyticsFilter, options: AsOfOption): EventRow[] {
    return this.#asOf(options)
      .filter(filterOf(EventQuery.parse({ tenant_id, time_range })))
      .map(({ row }) => row)
  }

  /** What was held at a moment, in the order of answers. */
  #asOf({ asOf }: AsOfOption): Held[] {
    if (asOf === undefined) return [...this.#held]
    const next = this.#endAt(parseAsOf(asOf))
    return this.#held.filter(({ row }) => row.offset < next)
  }

  #endAt(moment: AsOf): bigint {
    if (moment.kind === 'instant') {
      const takenBy = millisOf(moment.instant)
      const later = this.#held.filter(({ row }) => BigInt(row.logged_at) > takenBy)
      return later.reduce((first, { row }) => (row.offset < first ? row.offset : first), this.#appended)
    }
    let end = 0n
    for (const { topic, partition, offset: at } of moment.positions) {
      if (topic !== TOPIC || partition !== 0 || at >= this.#appended)
        throw asOfFault(`the store holds ${this.#appended} events, from ${TOPIC}/0/0 on`)
      end = at + 1n
    }
    return end
  }

  #hold(given: ExperienceEventEnvelope): void {
    const json = envelopeToJson(given)
    const digest = contentDigest(json)
    if (this.#digests.has(digestKey(digest))) return
    this.#digests.add(digestKey(digest))
    // As it comes back from a read model: floats that are not finite are printed as `null` (docs/contract.md, trap 6).
    const envelope = handedOut(envelopeFromStoredJson(json))
    const loggedAt = Date.now()
    const told = parseInstant(envelope.occurred_at)
    const instant = told ?? instantOfMillis(loggedAt)
    const row = eventRow({
      envelope,
      instant,
      instantSource: told === null ? 'log' : 'text',
      digest,
      topic: TOPIC,
      partition: 0,
      offset: offset(this.#appended++),
      loggedAt,
      sequence: 0,
    })
    // Behind all that are not later: events of equal time keep the order of their append.
    const place = this.#held.findLastIndex((other) => other.row.instant <= row.instant) + 1
    this.#held.splice(place, 0, { envelope, instant, row })
  }
}

/** The error names the event: `events[3].event_id`. */
function parseListed(envelope: ExperienceEventEnvelopeInput, index: number): ExperienceEventEnvelope {
  try {
    return parseEnvelope(envelope)
  } catch (error) {
    throw faultOfListed(index, asExperienceError(error))
  }
}

function placeOf({ row }: Held): EventPlace {
  const { instant, topic, partition, offset: at, logged_at, sequence } = row
  const taken = { ms: String(logged_at), sequence }
  return { instant: instant.toString(), topic, partition, offset: at.toString(), taken }
}

/** Tells the events behind a cursor, in the order of answers. */
function isBehind(cursor: string, descending: boolean): (held: Held) => boolean {
  const after = placeOfCursor(cursor)
  const place = [BigInt(after.instant), BigInt(after.offset)] as const
  return ({ row }) => {
    const isLater = row.instant === place[0] ? row.offset > place[1] : row.instant > place[0]
    const isSame = row.instant === place[0] && row.offset === place[1]
    return descending ? !isLater && !isSame : isLater
  }
}
