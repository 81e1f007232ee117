import { z } from 'zod'
import { ExperienceError } from '../../../base/experience-error.ts'
import { unlessAborted } from '../../../base/waiting.ts'
import { releaseTopics } from '../../../operations/holds/release.ts'
import { optional, string } from '../../../schemas/contract/scalars.ts'
import { sendJson } from '../answers/send-json.ts'
import { repeatedParameter } from '../query/parameters.ts'
import { route, type AnyRoute } from '../route.ts'
import { audited } from './audited.ts'
import { ActAnswer, answered, ErasedAnswer, PrunedAnswer, ReleasedAnswer } from './operate-answers.ts'
import type { OperateParts } from './operate-parts.ts'
import { checkForAll } from './operate-scope.ts'

/** What operators do. What takes long is done behind the answer: `/v1/ops/acts` tells how far it is. Each is noted before it is done. */
export function actRoutes({ log, settings, service, operations, acts, stopping }: OperateParts): AnyRoute[] {
  const database = settings.CLICKHOUSE_DATABASE
  const common = { method: 'POST', tag: 'Operations', needs: ['operate'] } as const
  const begun = { 202: answered('It has begun: `/v1/ops/acts` tells the rest.', ActAnswer) }
  return [
    route({
      ...common,
      path: '/v1/ops/held-topics/{topic}/release',
      summary: 'Continue with a held topic; everything that it holds now is let through',
      params: z.strictObject({ topic: z.string() }),
      query: z.strictObject({}),
      examples: [{ summary: 'By its topic', path: '/v1/ops/held-topics/experience.events.acme/release' }],
      answers: { 200: answered('What is let through.', ReleasedAnswer) },
      handle: async ({ params: { topic }, caller, request, reply }) => {
        const isForeign = caller.tenant !== null && topic !== log.topics.topic('events', caller.tenant)
        if (isForeign) throw new ExperienceError('NotFound', `the topic ${topic} is not held`)
        const by = await audited(operations, { caller, request })
        const [released] = await releaseTopics(log, database, [topic], by)
        sendJson(reply, released!)
      },
    }),
    route({
      ...common,
      path: '/v1/ops/prune',
      summary: 'Remove generations that readers do not follow',
      query: z.strictObject({
        id: repeatedParameter(z.string()).describe('Which ones. Default: all but side tables'),
      }),
      answers: { 200: answered('Those that were removed.', PrunedAnswer) },
      handle: async ({ query: { id }, caller, request, reply }) => {
        checkForAll(caller)
        const by = await audited(operations, { caller, request })
        const maintenance = await service.beginMaintenance(by)
        const pruned = await maintenance.prune(id, { stopped: stopping, onWait: () => {} })
        sendJson(reply, { pruned: pruned.map((each) => each.id) })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rollback',
      summary: 'Switch readers back to the generation before, brought up to date',
      query: z.strictObject({}),
      answers: begun,
      handle: async ({ caller, request, reply }) => {
        checkForAll(caller)
        const note = (): Promise<string> => audited(operations, { caller, request })
        const act = await acts.begin({ act: 'rollback', log: request.log }, note, async ({ by, stopped, report }) => {
          const maintenance = await service.beginMaintenance(by)
          const onWait = (): void => report({ phase: 'waiting for another process' })
          const { from, to } = await maintenance.rollBack({ stopped, report, onWait })
          return { generation: to.id, from: from.id, switched: true }
        })
        sendJson(reply, act, 202)
      },
    }),
    route({
      ...common,
      path: '/v1/ops/verify',
      summary: 'Add the log up by itself, and compare it with the tables',
      query: z.strictObject({
        tenant_id: optional(string.min(1)).describe("One tenant. Default: the key's own, or all"),
      }),
      answers: begun,
      handle: async ({ query, caller, request, reply }) => {
        const tenant = query.tenant_id ?? caller.tenant
        if (caller.tenant !== null && tenant !== caller.tenant) throw noTenant(tenant!)
        const note = (): Promise<string> => audited(operations, { caller, request })
        const act = await acts.begin({ act: 'verify', tenant, log: request.log }, note, async ({ stopped }) => {
          const verification = await unlessAborted(service.verify({ tenant: tenant ?? undefined }), stopped)
          if (verification === undefined) throw new ExperienceError('Interrupted', 'the process stopped before the end')
          return { ...verification }
        })
        sendJson(reply, act, 202)
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      path: '/v1/ops/tenants/{tenant}',
      summary: 'Erase a tenant: its topics, its dead letters and its rows in every generation',
      params: z.strictObject({ tenant: z.string().min(1) }),
      query: z.strictObject({}),
      examples: [{ summary: 'By its id', path: '/v1/ops/tenants/gone' }],
      answers: { 200: answered('What was erased, and which exported files still hold the tenant.', ErasedAnswer) },
      handle: async ({ params: { tenant }, caller, request, reply }) => {
        if (caller.tenant !== null && caller.tenant !== tenant) throw noTenant(tenant)
        const by = await audited(operations, { caller, request })
        const maintenance = await service.beginMaintenance(by)
        const deleted = await maintenance.deleteTenant(tenant, { stopped: stopping, onWait: () => {} })
        sendJson(reply, { tenant, ...deleted })
      },
    }),
  ]
}

function noTenant(tenant: string): ExperienceError {
  return new ExperienceError('NotFound', `there is no tenant ${JSON.stringify(tenant)}`)
}
