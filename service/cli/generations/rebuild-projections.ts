import type { RebuildPhase } from '../../../operations/rebuild/rebuild-watch.ts'
import type { RebuildOptions } from '../../../operations/rebuild/rebuild.ts'
import { shownRebuild } from '../../wiring/shown-rebuild.ts'
import { tellForgettingTopics, tellHeldTopics, withService, type CommandContext } from '../command-context.ts'
import { operatorOf } from '../over-http/operator.ts'
import { rebuildOverHttp } from '../over-http/rebuild-over-http.ts'
import { waitNotice } from '../terminal/wait-notice.ts'
import { printRebuilt } from './print-rebuilt.ts'
import { RebuildReport } from './rebuild-report.ts'

/** Rebuilds up to the switch, or goes on with the rebuild that is open, and prints what it came to as the last line. */
export async function rebuildProjections(context: CommandContext, options: RebuildOptions): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return rebuildOverHttp(context, operator, options)
  const begunAt = performance.now()
  const report = new RebuildReport(context.stderr)
  return withService(context, async (service) => {
    await tellForgettingTopics(context, service)
    await tellHeldTopics(context, service)
    const maintenance = await service.beginMaintenance()
    const conduct = {
      stopped: context.stopped,
      report: (phase: RebuildPhase) => report.show(phase),
      onWait: waitNotice(context),
    }
    const result = await maintenance.rebuild(options, conduct)
    report.end()
    return printRebuilt(context, shownRebuild(result, service.readModel.store.database), begunAt)
  })
}
