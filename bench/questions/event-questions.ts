import type { EventQueryInput } from '../../schemas/contract/event-query.ts'
import { question, type AnyQuestion, type Library } from './question.ts'
import { TENANT, type Bounds, type Place, type Subjects } from './subjects.ts'

const EVENT = 'event_id, occurred_at, tenant_id, correlation_id, kind, payload'

/** By instant; of one tenant by place in the log where instants are equal, of all by when the log took the events. */
const IN_ORDER = 'ORDER BY instant, topic, partition, offset'
const IN_ORDER_OF_ALL = 'ORDER BY instant, logged_at, sequence, topic, partition, offset'
const LATEST_FIRST = 'ORDER BY instant DESC, topic DESC, partition DESC, offset DESC'
const LATEST_OF_ALL_FIRST =
  'ORDER BY instant DESC, logged_at DESC, sequence DESC, topic DESC, partition DESC, offset DESC'

function query<Subject>(of: (subject: Subject) => Partial<EventQueryInput>) {
  return async ({ library }: Library, subject: Subject): Promise<number> =>
    (await library.queryEvents({ kinds: [], ...of(subject) })).length
}

/** Questions of the `ExperienceStore` of the reference: events, one trace, artifacts. */
export function eventQuestions(subjects: Subjects): AnyQuestion[] {
  return [
    ...lists(subjects),
    lookUp('chain', 'chain_id', subjects.chains, true),
    lookUp('chain, of any tenant', 'chain_id', subjects.chains, false),
    lookUp('run, by correlation id', 'correlation_id', subjects.runs, true),
    lookUp('event by id, of any tenant', 'event_id', subjects.events, false),
    lookUp('proposal and its validation', 'proposal_id', subjects.proposals, true),
    question<Place>({
      measure: 'replay trace, of any tenant',
      subjects: subjects.traces,
      ours: async ({ library }, { id }) => ((await library.getTraceLink(id)) === null ? 0 : 1),
      bareSql: (events, { id }) => `SELECT payload FROM ${events}
        WHERE kind = 'ReplayTraceRecorded' AND trace_link_id = '${id}'
        ORDER BY logged_at DESC, sequence DESC, topic DESC, partition DESC, offset DESC LIMIT 1`,
      json: 'payload',
    }),
    ...artifacts(subjects),
  ]
}

function lists({ days }: Subjects): AnyQuestion[] {
  const within = ({ start, end }: Bounds): string =>
    `instant >= parseDateTime64BestEffort('${start}', 9, 'UTC') AND instant <= parseDateTime64BestEffort('${end}', 9, 'UTC')`
  const outcomes = "kind = 'OutcomeRecorded'"
  return [
    question<Bounds>({
      measure: '100 outcomes of a tenant and day',
      subjects: days,
      ours: query((day) => ({ kinds: ['OutcomeRecorded'], tenant_id: TENANT, time_range: day, limit: 100 })),
      bareSql: (events, day) => `SELECT ${EVENT} FROM ${events}
        WHERE tenant_id = '${TENANT}' AND ${outcomes} AND ${within(day)} ${IN_ORDER} LIMIT 100`,
      json: 'payload',
    }),
    question<Bounds>({
      measure: '100 outcomes of a day, all tenants',
      subjects: days,
      ours: query((day) => ({ kinds: ['OutcomeRecorded'], time_range: day, limit: 100 })),
      bareSql: (events, day) => `SELECT ${EVENT} FROM ${events}
        WHERE ${outcomes} AND ${within(day)} ${IN_ORDER_OF_ALL} LIMIT 100`,
      json: 'payload',
    }),
    question<null>({
      measure: 'last 100 events of a tenant',
      subjects: [null],
      ours: query(() => ({ tenant_id: TENANT, descending: true, limit: 100 })),
      bareSql: (events) => `SELECT ${EVENT} FROM ${events} WHERE tenant_id = '${TENANT}' ${LATEST_FIRST} LIMIT 100`,
      json: 'payload',
    }),
    question<null>({
      measure: 'last 100 events, all tenants',
      subjects: [null],
      ours: query(() => ({ descending: true, limit: 100 })),
      bareSql: (events) => `SELECT ${EVENT} FROM ${events} ${LATEST_OF_ALL_FIRST} LIMIT 100`,
      json: 'payload',
    }),
    question<null>({
      measure: 'first 1000 outcomes of a tenant',
      subjects: [null],
      ours: query(() => ({ kinds: ['OutcomeRecorded'], tenant_id: TENANT, limit: 1000 })),
      bareSql: (events) => `SELECT ${EVENT} FROM ${events}
        WHERE tenant_id = '${TENANT}' AND ${outcomes} ${IN_ORDER} LIMIT 1000`,
      json: 'payload',
    }),
  ]
}

type IdColumn = 'chain_id' | 'correlation_id' | 'event_id' | 'proposal_id'

function lookUp(measure: string, column: IdColumn, subjects: readonly Place[], namesTenant: boolean): AnyQuestion {
  return question<Place>({
    measure,
    subjects,
    ours: query(({ tenant, id }: Place) => ({ [column]: id, ...(namesTenant ? { tenant_id: tenant } : {}) })),
    bareSql: (events, { tenant, id }) => `SELECT ${EVENT} FROM ${events}
      WHERE ${namesTenant ? `tenant_id = '${tenant}' AND ` : ''}${column} = '${id}' ${namesTenant ? IN_ORDER : IN_ORDER_OF_ALL}`,
    json: 'payload',
  })
}

function artifacts(subjects: Subjects): AnyQuestion[] {
  const order = '(instant, partition, offset)'
  const states = (events: string, condition: string): string => `SELECT tenant_id, artifact_id,
      argMax(artifact_kind, ${order}) AS last_kind, argMax(artifact_kind_other, ${order}) AS last_other,
      argMax(to_state, ${order}) AS state, argMax(occurred_at, ${order}) AS since, count() AS changes,
      countIf(NOT transition_allowed) AS forbidden
    FROM ${events} WHERE kind IN ('ArtifactStateTransitioned', 'ArtifactRollbackRecorded') AND ${condition}
    GROUP BY tenant_id, artifact_id`
  return [
    question<Place>({
      measure: 'where an artifact stands',
      subjects: subjects.artifacts,
      ours: async ({ library }, { id }) => (await library.queryArtifacts({ artifact_id: id })).length,
      bareSql: (events, { id }) => states(events, `artifact_id = '${id}'`),
    }),
    question<null>({
      measure: '100 active artifacts of a tenant',
      subjects: [null],
      ours: async ({ library }) =>
        (await library.queryArtifacts({ tenant_id: TENANT, state: 'Active', limit: 100 })).length,
      bareSql: (events) =>
        `${states(events, `tenant_id = '${TENANT}'`)} HAVING state = 'Active' ORDER BY artifact_id LIMIT 100`,
    }),
  ]
}
