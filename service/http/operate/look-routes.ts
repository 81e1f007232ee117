import { z } from 'zod'
import { summariseHeldTopic } from '../../../operations/holds/held-topic-summary.ts'
import { topicsHeld } from '../../../operations/holds/release.ts'
import { rebuildStatus } from '../../../operations/rebuild/steer.ts'
import { shownOperation } from '../../../operations/log/shown-operation.ts'
import { listTenants } from '../../../operations/tenants/list-tenants.ts'
import { shownGenerations } from '../../wiring/shown-generations.ts'
import { shownLag } from '../../wiring/shown-lag.ts'
import { sendJson } from '../answers/send-json.ts'
import { route, type AnyRoute } from '../route.ts'
import {
  ActsAnswer,
  answered,
  GenerationsAnswer,
  HeldTopicsAnswer,
  LagAnswer,
  OperationsAnswer,
  RebuildStatusAnswer,
  TenantsAnswer,
} from './operate-answers.ts'
import type { OperateParts } from './operate-parts.ts'
import { checkForAll, ofOwnTopics } from './operate-scope.ts'

/** What operators look at. An operator of one tenant sees that tenant. */
export function lookRoutes({ log, settings, service, operations, acts }: OperateParts): AnyRoute[] {
  const { topics } = log
  const database = settings.CLICKHOUSE_DATABASE
  const common = { method: 'GET', tag: 'Operations', needs: ['operate'], query: z.strictObject({}) } as const
  return [
    route({
      ...common,
      path: '/v1/ops/lag',
      summary: 'How far the tables are behind the log, by topic',
      answers: { 200: answered('Topics of which not all records are projected.', LagAnswer) },
      handle: async ({ caller, reply }) => {
        const seen = ofOwnTopics(await shownLag(service), caller, topics)
        sendJson(reply, { lag_events: seen.reduce((sum, { lag_events }) => sum + lag_events, 0n), topics: seen })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/tenants',
      summary: 'Tenants with their topics and sizes',
      answers: { 200: answered('The tenants.', TenantsAnswer) },
      handle: async ({ caller, reply }) => {
        sendJson(reply, { tenants: ofOwnTopics(await listTenants(log, database), caller, topics) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/held-topics',
      summary: 'Topics that nothing more is projected of, because most of it is no event',
      answers: { 200: answered('The held topics.', HeldTopicsAnswer) },
      handle: async ({ caller, reply }) => {
        const held = ofOwnTopics(await topicsHeld(log, database), caller, topics)
        sendJson(reply, { held_topics: held.map((each) => summariseHeldTopic(each, topics)) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/generations',
      summary: 'Generations of tables, the oldest first',
      answers: { 200: answered('The generations that have tables.', GenerationsAnswer) },
      handle: async ({ caller, reply }) => {
        checkForAll(caller)
        sendJson(reply, { generations: await shownGenerations(service) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild',
      summary: 'How far the open rebuild is, whoever does it',
      answers: { 200: answered('Its status; `none` where there is none.', RebuildStatusAnswer) },
      handle: async ({ caller, reply }) => {
        checkForAll(caller)
        sendJson(reply, await rebuildStatus(log, database))
      },
    }),
    route({
      ...common,
      path: '/v1/ops/operations',
      summary: 'What operators did, the oldest first',
      answers: { 200: answered('The operations.', OperationsAnswer) },
      handle: async ({ caller, reply }) => {
        checkForAll(caller)
        sendJson(reply, { operations: (await operations.read()).map(shownOperation) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/acts',
      summary: 'Long acts that were asked of this process, the latest first',
      answers: {
        200: answered('The acts, with what they came to; of a key of one tenant, those about that tenant.', ActsAnswer),
      },
      handle: async ({ caller, reply }) => {
        const { tenant } = caller
        sendJson(reply, { acts: acts.all.filter(({ tenant_id }) => tenant === null || tenant_id === tenant) })
      },
    }),
  ]
}
