import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'

/** What a question is about. */
export interface Subject {
  readonly tenant: string
  readonly event: string
  /** An instant of the tenant's, from which on there are enough events for the longest page. */
  readonly from: string
}

/** A question in two wordings: over HTTP, and to the library, which answers with how many events it found. */
export interface HttpQuestion {
  readonly measure: string
  readonly path: (subject: Subject) => string
  readonly ask: (library: ExperienceStore, subject: Subject) => Promise<number>
}

const LONG_PAGE = 1000

export const HTTP_QUESTIONS: readonly HttpQuestion[] = [
  pageOf(100),
  pageOf(LONG_PAGE),
  {
    measure: 'summary of a tenant',
    path: ({ tenant }) => `/v1/summary?tenant_id=${tenant}`,
    ask: async (library, { tenant }) => Number((await library.summariseEvents({ tenant_id: tenant })).total_events),
  },
  {
    measure: 'event by id',
    path: ({ event }) => `/v1/events/${event}`,
    ask: async (library, { event }) => (await library.queryEvents({ event_id: event })).length,
  },
]

function pageOf(limit: number): HttpQuestion {
  return {
    measure: `page of ${limit} events of a tenant`,
    path: ({ tenant, from }) => `/v1/events?tenant_id=${tenant}&from=${encodeURIComponent(from)}&limit=${limit}`,
    ask: async (library, { tenant, from }) =>
      (await library.queryEvents({ tenant_id: tenant, time_range: { start: from }, limit })).length,
  }
}

/** The events of tenants behind which there are enough. */
export function subjectsAmong(envelopes: readonly ExperienceEventEnvelope[]): Subject[] {
  const behind = new Map<string, number>()
  return envelopes.toReversed().flatMap(({ event_id, tenant_id, occurred_at }) => {
    if (tenant_id === null) return []
    const count = behind.get(tenant_id) ?? 0
    behind.set(tenant_id, count + 1)
    return count < LONG_PAGE ? [] : [{ tenant: tenant_id, event: event_id, from: occurred_at }]
  })
}

/** Jumps about among subjects, so that neither side asks about what was asked about just before. */
export function* subjectsInTurn(subjects: readonly Subject[], begin: number): Generator<Subject, never> {
  const STEP = 7919
  for (let at = begin; ; at += STEP) yield subjects[at % subjects.length]!
}
