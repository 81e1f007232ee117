import type { RebuildPhase } from '../../../consumers/rebuild/rebuild-watch.ts'
import type { RebuildOptions } from '../../../consumers/rebuild/rebuild.ts'
import { withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../json-line.ts'
import { RebuildReport } from './rebuild-report.ts'

/**
 * Rebuilds up to the switch, or goes on with the rebuild that is open, and prints what it came to as the last line. A side
 * table, which readers are not meant to follow, is done when it is whole.
 */
export async function rebuildProjections(context: CommandContext, options: RebuildOptions): Promise<number> {
  const begunAt = performance.now()
  const report = new RebuildReport(context.stderr)
  return withService(context, async (service) => {
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: context.stopped, report: (phase: RebuildPhase) => report.show(phase) }
    const result = await maintenance.rebuild(options, conduct)
    report.end()
    for (const difference of result.differences) await writeLine(context.stderr, jsonLine({ difference }))
    const { generation, events, differences, switched } = result
    const isSideTable = !switched && differences.length === 0
    const summary = {
      generation: generation.id,
      ...(isSideTable ? { table: `${service.readModel.store.database}.${generation.eventsTable}` } : {}),
      events,
      seconds: Math.round(performance.now() - begunAt) / 1000,
      differences: differences.length,
      switched,
    }
    await writeLine(context.stdout, jsonLine(summary))
    return switched || isSideTable ? EXIT.done : EXIT.no
  })
}
