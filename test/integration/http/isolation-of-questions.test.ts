import { describe, expect, test } from 'vitest'
import { kafka, lmdb, type Environment, type LogUnderTest } from '../service-place.ts'
import { budgetExceeded, outcome, traceRecorded, transition, validated } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, posting } from './questions.ts'

const bench = new HttpBench()

const mine = [
  outcome({ event_id: 'mine', tenant_id: 'acme', correlation_id: 'run-1' }, { chain_id: 'c-1', tokens: 3n }),
  transition('a-1', 'Draft', 'Approved', { event_id: 'mine-2', tenant_id: 'acme' }),
]
/** Shares every id with acme's, and has others. */
const theirs = [
  outcome({ event_id: 'theirs', tenant_id: 'other', correlation_id: 'run-1' }, { chain_id: 'c-1', tokens: 5n }),
  outcome({ event_id: 'mine', tenant_id: 'other' }, { chain_id: 'c-2' }),
  validated({ event_id: 'theirs-2', tenant_id: 'other' }, { chain_id: 'c-3', proposal_id: 'p-1' }),
  transition('a-2', 'Draft', 'Approved', { tenant_id: 'other' }),
  transition('a-1', 'Draft', 'Active', { tenant_id: 'other' }),
  traceRecorded('t-1', 'p', { tenant_id: 'other' }),
  budgetExceeded({ tenant_id: 'other' }, { chain_id: 'c-1' }),
]

function cursor(...place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** What somebody asks who knows everything of another tenant. */
function curiousQuestions(prefix: string): (readonly [path: string, init: RequestInit])[] {
  const topic = `${prefix}.events.other`
  const ofTheirs = cursor('1776934800000000000', topic, 0, '0', '1', 0)
  const paths = [
    '/v1/events',
    '/v1/events?tenant_id=other',
    '/v1/events?tenant_id=acme',
    '/v1/events?tenant_id=nobody',
    '/v1/events?event_id=theirs',
    '/v1/events?correlation_id=run-1',
    '/v1/events?chain_id=c-3',
    '/v1/events?proposal_id=p-1',
    '/v1/events?trace_link_id=t-1',
    '/v1/events?artifact_id=a-2',
    `/v1/events?after=${ofTheirs}`,
    `/v1/events?tenant_id=other&after=${ofTheirs}`,
    `/v1/events?as_of=${topic}/0/0`,
    `/v1/events?as_of=${ofTheirs}`,
    '/v1/events?tenant_id=other&consistency=eventual',
    '/v1/events/theirs',
    '/v1/events/mine',
    '/v1/events/theirs?tenant_id=other',
    '/v1/events/theirs/status',
    '/v1/events/theirs/status?tenant_id=other',
    '/v1/events/mine/status?tenant_id=other',
    `/v1/events/theirs/status?position=${topic}/0/0`,
    '/v1/chains/c-1',
    '/v1/chains/c-1?tenant_id=other',
    '/v1/chains/c-3',
    `/v1/chains/c-1?after=${ofTheirs}`,
    `/v1/chains/c-1?as_of=${topic}/0/0`,
    '/v1/artifacts',
    '/v1/artifacts?tenant_id=other',
    '/v1/artifacts?artifact_id=a-2',
    `/v1/artifacts?after=${cursor('other', 'a-1')}`,
    '/v1/artifacts/a-1',
    '/v1/artifacts/a-2',
    '/v1/artifacts/a-2?tenant_id=other',
    '/v1/trace-links/t-1',
    '/v1/trace-links/t-1?tenant_id=other',
    '/v1/summary',
    '/v1/summary?tenant_id=other',
    `/v1/summary?as_of=${topic}/0/0`,
    '/v1/analytics/outcomes',
    '/v1/analytics/outcomes?tenant_id=other',
    '/v1/analytics/chains',
    '/v1/analytics/chains?tenant_id=other',
    '/v1/analytics/budgets',
    '/v1/analytics/budgets?tenant_id=other',
  ]
  const theirPosition = { headers: { 'experience-position': `${topic}/0/5` } }
  return [
    ...paths.map((path) => [path, {}] as const),
    ...['/v1/events', '/v1/events?tenant_id=other', '/v1/chains/c-1'].map((path) => [path, inLines()] as const),
    ...['/v1/events', '/v1/summary?tenant_id=other'].map((path) => [path, theirPosition] as const),
    ['/v1/events/query', posting('{"tenant_id":"other"}')],
    ['/v1/events/query', posting(`{"after":"${ofTheirs}"}`)],
  ]
}

/** The answer without what differs from one store and moment to another. */
async function comparable(url: string, init: RequestInit, prefix: string): Promise<unknown> {
  const { status, headers, text } = await ask(url, init)
  const shown = text
    .replaceAll(prefix, 'PREFIX')
    .replaceAll(/"(seen_at|accepted_at|last)":"[^"]+"/g, '"$1":"TIME"')
    .replaceAll(/"lag_events":(?:\d+|null)/g, '"lag_events":LAG')
  const told = [...headers].filter(([name]) => !['x-request-id', 'date', 'experience-freshness'].includes(name))
  const freshness = headers.get('experience-freshness')?.replace(/lag_events=.*/, 'TIME')
  return { status, told, freshness, shown }
}

async function answersOf(log: LogUnderTest, events: typeof mine): Promise<unknown[]> {
  const environment: Environment = bench.newEnvironment(log)
  const prefix = environment['TOPIC_PREFIX']!
  const key = await bench.createKey(environment, 'acme', ['read'])
  const everything = await bench.createKey(environment, null, ['read'])
  const { url } = await bench.serve(environment)
  await appendEvents(environment, events)
  // The tables hold everything.
  await ask(`${url}/v1/summary`, withKey(everything))
  const answers: unknown[] = []
  for (const [path, init] of curiousQuestions(prefix))
    answers.push([path.replaceAll(prefix, 'PREFIX'), await comparable(url + path, withKey(key, init), prefix)])
  return answers
}

describe.each([lmdb, kafka()])('on $name', (log) => {
  test.skipIf(log.skipped !== undefined)(
    'whoever asks about another tenant is answered as if that tenant did not exist',
    async () => {
      const withTheirs = await answersOf(log, [...mine, ...theirs])
      const withoutTheirs = await answersOf(log, mine)
      const paths = (answers: unknown[]): unknown[] => answers.map((each) => (each as unknown[])[1])
      expect(paths(withTheirs)).toEqual(paths(withoutTheirs))
    },
  )
})
