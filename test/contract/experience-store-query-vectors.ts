import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventQueryInput } from '../../schemas/contract/event-query.ts'
import { envelopeFromJson } from '../../schemas/json/envelope-json.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { readQueryVectors } from '../integration/contract-vectors.ts'

interface Found {
  readonly event_id: string
  readonly tenant_id: string | null
}

function idsOf(found: readonly Found[]): string[] {
  return found.map(({ event_id }) => event_id)
}

/** When the events happened, in UTC; `q-16` tells no time, so that of its append counts. Two events have the id `q-05`. */
const INSTANTS: Readonly<Record<string, string>> = {
  'q-12': '1970-01-01T00:00:00Z',
  'q-09': '2026-04-23T09:00:01Z',
  'q-05 of acme-industrial': '2026-04-23T09:00:03Z',
  'q-06': '2026-04-23T09:00:03Z',
  'q-04': '2026-04-23T09:00:03.500Z',
  'q-02': '2026-04-23T09:00:04Z',
  'q-01': '2026-04-23T09:00:05Z',
  'q-17': '2026-04-23T09:00:05Z',
  'q-03': '2026-04-23T09:00:06Z',
  'q-10': '2026-04-23T09:59:59.999Z',
  'q-08': '2026-04-23T10:00:00Z',
  'q-11': '2026-04-23T10:00:00Z',
  'q-13': '2026-04-23T10:00:01Z',
  'q-14': '2026-04-23T10:00:02Z',
  'q-07': '2026-04-23T12:00:00Z',
  'q-05 of northwind-retail': '2026-04-23T12:00:00Z',
}

const BY_INSTANT = 'ranges compare instants, not text'

/** The cases that our stores answer otherwise than the reference, and what they find there before the limit. */
function differences(appendedAt: number): Readonly<Record<string, { why: string; finds: readonly string[] }>> {
  const undated = (start: string, end = '9999'): string[] =>
    appendedAt >= Date.parse(start) && appendedAt <= Date.parse(end) ? ['q-16'] : []
  const ids = (text: string, more: readonly string[] = []): string[] => [
    ...text.split(' ').map((id) => `q-${id}`),
    ...more,
  ]
  const everyId = readQueryVectors().events.map((json) => envelopeFromJson(json).event_id)
  return {
    'limit 3 takes the first three appended': { why: 'the limit takes the first by instant', finds: everyId },
    'chain a: four kinds only, hypothesis left out': {
      why: 'a chain has its resolved hypotheses',
      finds: ids('01 02 13 16'),
    },
    'chain with hypothesis kind gives nothing': { why: 'a chain has its resolved hypotheses', finds: ids('13') },
    'from 10:00:00Z inclusive': {
      why: BY_INSTANT,
      finds: ids('07 08 11 13 14 05', undated('2026-04-23T10:00:00Z')),
    },
    'to 10:00:00Z inclusive': {
      why: BY_INSTANT,
      finds: ids('01 02 03 04 05 06 08 09 10 11 12 17', undated('1970', '2026-04-23T10:00:00Z')),
    },
    'date prefix to next day': {
      why: BY_INSTANT,
      finds: ids('01 02 03 04 05 06 07 08 09 10 11 13 14 05 17', undated('2026-04-23', '2026-04-24')),
    },
    'fraction sorts before Z': { why: BY_INSTANT, finds: ids('05 06') },
    'offset form is compared as text': {
      why: BY_INSTANT,
      finds: ids('01 02 03 04 05 06 09 17'),
    },
    'epoch-seconds form falls outside any 2026 range': {
      why: BY_INSTANT,
      finds: ids('01 02 03 04 05 06 07 08 09 10 11 13 14 05 17', undated('2026', '2027')),
    },
    'lower-case z sorts after upper-case Z': { why: BY_INSTANT, finds: ids('01 17') },
    'everything together': { why: BY_INSTANT, finds: ids('01', undated('2026')) },
  }
}

/** Bounds that the reference compares as text, and that are no times. */
const REFUSED: Readonly<Record<string, string>> = {
  'empty start equals no start': 'time_range.start',
  'empty end excludes everything': 'time_range.end',
}

/** The contract's query vectors: what the reference's store in memory answers, and where ours differ. */
export function describeQueryVectors(open: () => Promise<ExperienceStore>): void {
  describe("the contract's query vectors", () => {
    const { events, cases, trace_links: traceLinks } = readQueryVectors()
    let store: ExperienceStore
    let appendedAt: number
    beforeAll(async () => {
      store = await open()
      for (const json of events) await store.appendEvent(envelopeFromJson(json))
      appendedAt = Date.now()
    })
    afterAll(() => store?.close())

    const ask = async (query: (typeof cases)[number]['query']): Promise<Found[]> =>
      (await store.queryEvents(query as EventQueryInput)).map(({ event_id, tenant_id }) => ({ event_id, tenant_id }))

    const instantOf = ({ event_id, tenant_id }: Found): number => {
      const text = INSTANTS[event_id] ?? INSTANTS[`${event_id} of ${tenant_id}`]
      return text === undefined ? appendedAt : Date.parse(text)
    }

    test('name every case that is said to differ', () => {
      const names = new Set(cases.map(({ name }) => name))
      for (const name of [...Object.keys(differences(0)), ...Object.keys(REFUSED)]) expect(names).toContain(name)
    })

    test.each(cases)('$name', async ({ name, query, expect: reference }) => {
      const refusedField = REFUSED[name]
      if (refusedField !== undefined) {
        await expect(ask(query)).rejects.toMatchObject({ code: 'InvalidQuery', field: refusedField })
        return
      }
      const found = await ask(query)
      const difference = differences(appendedAt)[name]
      const all = difference === undefined ? found : await ask({ ...query, limit: null })
      expect(idsOf(all).toSorted()).toEqual((difference?.finds ?? reference).toSorted())
      const instants = all.map(instantOf)
      expect(instants).toEqual(instants.toSorted((a, b) => a - b))
      const { limit } = query
      expect(found).toEqual(limit === null ? all : all.slice(0, Number(limit)))
    })

    test('keep the order of the append where instants are equal', async () => {
      const all = await ask(cases[0]!.query)
      const appended = events.map((json) => envelopeFromJson(json))
      const place = ({ event_id, tenant_id }: Found): number =>
        appended.findIndex((event) => event.event_id === event_id && event.tenant_id === tenant_id)
      const expected = appended
        .map(({ event_id, tenant_id }) => ({ event_id, tenant_id }))
        .toSorted((a, b) => instantOf(a) - instantOf(b) || place(a) - place(b))
      expect(all).toEqual(expected)
    })

    test.each(Object.entries(traceLinks))('trace link %j is %j', async (id, type) => {
      const trace = await store.getTraceLink(id)
      expect(trace?.type ?? null).toBe(type)
    })
  })
}
