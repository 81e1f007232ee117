import type { ExclusiveParts } from '../../../operations/rebuild/exclusively.ts'
import type { RebuildOptions } from '../../../operations/rebuild/rebuild.ts'
import {
  abandonRebuild,
  checkOwnOptions,
  pauseRebuild,
  rebuildStatus,
  resumeRebuild,
} from '../../../operations/rebuild/steer.ts'
import { listGenerations } from '../../../projections/generations/generations.ts'
import { deadMemberTimeout } from '../../wiring/maintenance.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import { withLog, withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'
import { operatorOf } from '../over-http/operator.ts'
import { rebuildProjections } from './rebuild-projections.ts'

/** Prints how far the open rebuild is, or that there is none. */
export async function printRebuildStatus(context: CommandContext): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return printTold(context, operator.text('rebuild'))
  return withLog(context, async (log) => {
    await writeLine(context.stdout, jsonLine(await rebuildStatus(log, context.settings.CLICKHOUSE_DATABASE)))
    return EXIT.done
  })
}

/** Pauses the open rebuild. Error: `NotFound`. */
export async function printPaused(context: CommandContext): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return printTold(context, operator.do('rebuild/pause'))
  return withLog(context, async (log) => {
    const generation = await pauseRebuild(log, context.settings.CLICKHOUSE_DATABASE)
    await writeLine(context.stdout, jsonLine({ generation, paused: true }))
    return EXIT.done
  })
}

/**
 * Lets the process that rebuilds continue, or continues here where there is none. Errors: `NotFound`; `Unavailable` where options
 * were given and another process is at work, which has its own.
 */
export async function resumeHere(context: CommandContext, options: Omit<RebuildOptions, 'scope'>): Promise<number> {
  if (operatorOf(context) !== null) return rebuildProjections(context, { scope: null, ...options })
  const { generation, isLeftTo } = await withLog(context, (log) =>
    resumeRebuild(waiting(context, log), context.settings.CLICKHOUSE_DATABASE),
  )
  if (isLeftTo === 'caller') return rebuildProjections(context, { scope: null, ...options })
  if (isLeftTo === 'another') checkOwnOptions(generation, options)
  await writeLine(context.stdout, jsonLine({ generation, paused: false }))
  return EXIT.done
}

/** Ends the open rebuild for good, and removes what was built unless another process does. Error: `NotFound`. */
export async function abandonHere(context: CommandContext): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return printTold(context, operator.do('rebuild/abandon'))
  const { generation, isLeftTo } = await withLog(context, (log) =>
    abandonRebuild(waiting(context, log), context.settings.CLICKHOUSE_DATABASE),
  )
  if (isLeftTo === 'caller') {
    await withService(context, async (service) => {
      const known = await listGenerations(service.readModel.store)
      if (!known.some((each) => each.generation.id === generation)) return
      const maintenance = await service.beginMaintenance()
      await maintenance.prune([generation], { stopped: context.stopped, onWait: waitNotice(context) })
    })
  }
  await writeLine(context.stdout, jsonLine({ generation, abandoned: true }))
  return EXIT.done
}

async function printTold({ stdout }: CommandContext, answer: Promise<string>): Promise<number> {
  await writeLine(stdout, await answer)
  return EXIT.done
}

function waiting(context: CommandContext, { log, topics }: OpenLog): ExclusiveParts {
  const { settings, stopped } = context
  return { log, topics, stopped, deadMemberMs: deadMemberTimeout(settings), onWait: waitNotice(context) }
}
