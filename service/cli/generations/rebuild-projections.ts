import type { RebuildPhase } from '../../../operations/rebuild/rebuild-watch.ts'
import type { RebuildOptions, RebuildResult } from '../../../operations/rebuild/rebuild.ts'
import {
  tellForgettingTopics,
  tellHeldTopics,
  withService,
  writeLine,
  type CommandContext,
} from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { tell } from '../terminal/write.ts'
import { waitNotice } from '../terminal/wait-notice.ts'
import { RebuildReport } from './rebuild-report.ts'

/**
 * Rebuilds up to the switch, or goes on with the rebuild that is open, and prints what it came to as the last line. A side
 * table, which readers are not meant to follow, is done when it is whole.
 */
export async function rebuildProjections(context: CommandContext, options: RebuildOptions): Promise<number> {
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
    const { generation, events, differences, allowedBy, switched } = result
    for (const difference of differences) await tell(context.stderr, jsonLine({ difference }))
    if (differences.length > 0) await tell(context.stderr, advice(differences, allowedBy))
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

const FLAG = { acceptDeadLetters: '--accept-dead-letters', acceptLostEvents: '--accept-lost-events' } as const

function advice(differences: RebuildResult['differences'], allowedBy: RebuildResult['allowedBy']): string {
  const named = [...new Set(differences.map(({ topic }) => topic))].slice(0, 10).join(', ')
  const flags = allowedBy.map((option) => FLAG[option]).join(' ')
  return (
    `readers stay on the generation that they follow: what was built differs in ${named}. ` +
    (flags === '' ? '' : `To give up the events named above: "experience-log rebuild resume ${flags}". `) +
    'Where this rebuild has copied these rows: "experience-log rebuild abandon", then a rebuild of these tenants, or of everything. ' +
    'Otherwise "experience-log rebuild resume" proves it once more'
  )
}
