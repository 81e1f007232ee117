import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isAtWork, type ExclusiveParts } from '../../../operations/rebuild/exclusively.ts'
import type { RebuildOptions } from '../../../operations/rebuild/rebuild.ts'
import { checkScope } from '../../../operations/rebuild/scope-selection.ts'
import { abandonRebuild, checkOwnOptions, pauseRebuild, resumeRebuild } from '../../../operations/rebuild/steer.ts'
import type { RebuildScope } from '../../../operations/log/operation.ts'
import { listGenerations } from '../../../projections/generations/generations.ts'
import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import { shownRebuild } from '../../wiring/shown-rebuild.ts'
import { string } from '../../../schemas/contract/scalars.ts'
import { timeParameters } from '../query/event-query-parameters.ts'
import { flagParameter, repeatedParameter } from '../query/parameters.ts'
import { sendJson } from '../answers/send-json.ts'
import { route, type AnyRoute } from '../route.ts'
import { audited } from './audited.ts'
import type { BackgroundAct } from './background-acts.ts'
import { AbandonedAnswer, ActAnswer, answered, SteeredAnswer } from './operate-answers.ts'
import type { OperateParts } from './operate-parts.ts'
import { checkForAll } from './operate-scope.ts'

const flag = flagParameter.default(false)
const Acceptance = z.strictObject({
  accept_dead_letters: flag.describe('Switch even if some present events become dead letters'),
  accept_lost_events: flag.describe('Switch even if the present tables hold events that the log has lost'),
})
const Scope = Acceptance.extend({
  tenant_id: repeatedParameter(string).describe(
    "Only this tenant, several times for several ('': events without one). Default: all",
  ),
  projection: repeatedParameter(z.enum(['events', 'dead_letters'])).describe('Only this projection. Default: both'),
  from: timeParameters.from.describe('Builds a side table from this instant on; readers do not switch to it'),
  to: timeParameters.to.describe('The last instant of the side table, included'),
})

/** Builds the tables anew beside the live ones. What takes long is done behind the answer: `/v1/ops/acts` tells how far it is. */
export function rebuildRoutes(parts: OperateParts): AnyRoute[] {
  const { log, settings, service, operations, acts } = parts
  const database = settings.CLICKHOUSE_DATABASE
  const begun = answered('It has begun here: `/v1/ops/acts` tells the rest.', ActAnswer)
  const common = { method: 'POST', tag: 'Operations', needs: ['operate'] } as const
  return [
    route({
      ...common,
      path: '/v1/ops/rebuild',
      summary: 'Rebuild the tables from the log, prove them, and switch readers to them',
      query: Scope,
      examples: [{ summary: 'Everything' }, { summary: 'One tenant', path: '/v1/ops/rebuild?tenant_id=acme' }],
      answers: { 202: begun },
      handle: async ({ query, caller, request, reply }) => {
        checkForAll(caller)
        const note = (): Promise<string> => audited(operations, { caller, request })
        const scope = scopeOf(query)
        await checkScope(log, scope)
        sendJson(reply, await begin(parts, request, note, { scope, ...accepted(query) }), 202)
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild/pause',
      summary: 'Pause the open rebuild, whoever does it',
      query: z.strictObject({}),
      answers: { 200: answered('It pauses.', SteeredAnswer) },
      handle: async ({ caller, request, reply }) => {
        checkForAll(caller)
        const by = await audited(operations, { caller, request })
        sendJson(reply, { generation: await pauseRebuild(log, database, by), paused: true })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild/resume',
      summary: 'Continue the open rebuild: whoever does it, or this process',
      query: Acceptance,
      answers: { 200: answered('Another process continues it.', SteeredAnswer), 202: begun },
      handle: async ({ query, caller, request, reply }) => {
        checkForAll(caller)
        // With nobody at it, it would be continued here.
        if (!(await isAtWork(log))) acts.checkIdle()
        const by = await audited(operations, { caller, request })
        const { generation, isLeftTo } = await resumeRebuild(exclusive(parts), database, by)
        if (isLeftTo === 'caller')
          sendJson(reply, await begin(parts, request, async () => by, { scope: null, ...accepted(query) }), 202)
        else {
          if (isLeftTo === 'another') checkOwnOptions(generation, accepted(query))
          sendJson(reply, { generation, paused: false })
        }
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild/abandon',
      summary: 'Give up the open rebuild, and remove what it built',
      query: z.strictObject({}),
      answers: { 200: answered('It is given up.', AbandonedAnswer) },
      handle: async ({ caller, request, reply }) => {
        checkForAll(caller)
        const by = await audited(operations, { caller, request })
        const { generation, isLeftTo } = await abandonRebuild(exclusive(parts), database, by)
        if (isLeftTo === 'caller') {
          const known = await listGenerations(service.readModel.store)
          if (known.some((each) => each.generation.id === generation)) {
            const maintenance = await service.beginMaintenance(by)
            await maintenance.prune([generation], { stopped: parts.stopping, onWait: () => {} })
          }
        }
        sendJson(reply, { generation, abandoned: true })
      },
    }),
  ]
}

function scopeOf({ tenant_id, projection, from, to }: z.output<typeof Scope>): RebuildScope {
  return {
    tenants: tenant_id.length === 0 ? null : [...new Set(tenant_id)].toSorted(),
    projections: projection.length === 0 ? null : [...new Set(projection)].toSorted(),
    range: from === null && to === null ? null : { from, to },
  }
}

function accepted(query: z.output<typeof Acceptance>): Omit<RebuildOptions, 'scope'> {
  return { acceptDeadLetters: query.accept_dead_letters, acceptLostEvents: query.accept_lost_events }
}

function begin(
  { acts, service }: OperateParts,
  { log }: Pick<FastifyRequest, 'log'>,
  note: () => Promise<string>,
  options: RebuildOptions,
): Promise<BackgroundAct> {
  return acts.begin({ act: 'rebuild', log }, note, async ({ by, stopped, report }) => {
    const maintenance = await service.beginMaintenance(by)
    const conduct = { stopped, report, onWait: () => report({ phase: 'waiting for another process' }) }
    return shownRebuild(await maintenance.rebuild(options, conduct), service.readModel.store.database)
  })
}

function exclusive({ log, settings, stopping }: OperateParts): ExclusiveParts {
  return { ...log, stopped: stopping, deadMemberMs: deadMemberTimeout(settings), onWait: () => {} }
}
