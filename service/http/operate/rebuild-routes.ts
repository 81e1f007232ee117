import { z } from 'zod'
import { isAtWork, type ExclusiveParts } from '../../../operations/rebuild/exclusively.ts'
import type { RebuildOptions } from '../../../operations/rebuild/rebuild.ts'
import { abandonRebuild, pauseRebuild, resumeRebuild } from '../../../operations/rebuild/steer.ts'
import { listGenerations } from '../../../projections/generations/generations.ts'
import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import { flagParameter } from '../query/parameters.ts'
import { sendJson } from '../answers/send-json.ts'
import { route, type AnyRoute } from '../route.ts'
import { audited } from './audited.ts'
import type { BackgroundAct } from './background-acts.ts'
import type { OperateParts } from './operate-parts.ts'
import { checkForAll } from './operate-scope.ts'

const flag = flagParameter.default(false)
const Acceptance = z.strictObject({ accept_dead_letters: flag, accept_lost_events: flag })

/** Builds the tables anew beside the live ones. What takes long is done behind the answer: `/v1/ops/acts` tells how far it is. */
export function rebuildRoutes(parts: OperateParts): AnyRoute[] {
  const { log, settings, service, operations, acts } = parts
  const database = settings.CLICKHOUSE_DATABASE
  const common = { method: 'POST', tag: 'Operations', needs: ['operate'] } as const
  return [
    route({
      ...common,
      path: '/v1/ops/rebuild',
      summary: 'Rebuild the tables from the log, prove them, and switch readers to them',
      query: Acceptance,
      answers: { 202: { description: 'It has begun.' } },
      handle: async ({ query, caller, request, reply }) => {
        checkForAll(caller)
        const note = (): Promise<string> => audited(operations, { caller, request })
        const scope = { tenants: null, projections: null, range: null }
        sendJson(reply, await begin(parts, note, { scope, ...accepted(query) }), 202)
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild/pause',
      summary: 'Pause the open rebuild, whoever does it',
      query: z.strictObject({}),
      answers: { 200: { description: 'It pauses.' } },
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
      answers: { 200: { description: 'Another process continues it.' }, 202: { description: 'It has begun here.' } },
      handle: async ({ query, caller, request, reply }) => {
        checkForAll(caller)
        // With nobody at it, it would be continued here.
        if (!(await isAtWork(log))) acts.checkIdle()
        const by = await audited(operations, { caller, request })
        const { generation, isLeftTo } = await resumeRebuild(exclusive(parts), database, by)
        if (isLeftTo === 'caller')
          sendJson(reply, await begin(parts, async () => by, { scope: null, ...accepted(query) }), 202)
        else sendJson(reply, { generation, paused: false })
      },
    }),
    route({
      ...common,
      path: '/v1/ops/rebuild/abandon',
      summary: 'Give up the open rebuild, and remove what it built',
      query: z.strictObject({}),
      answers: { 200: { description: 'It is given up.' } },
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

function accepted(query: z.output<typeof Acceptance>): Omit<RebuildOptions, 'scope'> {
  return { acceptDeadLetters: query.accept_dead_letters, acceptLostEvents: query.accept_lost_events }
}

function begin(
  { acts, service }: OperateParts,
  note: () => Promise<string>,
  options: RebuildOptions,
): Promise<BackgroundAct> {
  return acts.begin('rebuild', note, async ({ by, stopped, report }) => {
    const maintenance = await service.beginMaintenance(by)
    const conduct = { stopped, report, onWait: () => report({ phase: 'waiting for another process' }) }
    const { generation, events, differences, switched } = await maintenance.rebuild(options, conduct)
    return { generation: generation.id, events, differences, switched }
  })
}

function exclusive({ log, settings, stopping }: OperateParts): ExclusiveParts {
  return { ...log, stopped: stopping, deadMemberMs: deadMemberTimeout(settings), onWait: () => {} }
}
