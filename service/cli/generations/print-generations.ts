import { shownGenerations } from '../../wiring/shown-generations.ts'
import {
  printRows,
  tellHeldTopics,
  withService,
  writeLine,
  type CommandContext,
  type OutputFormat,
} from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

/** Prints the generations that have tables, the oldest first. */
export async function printGenerations(context: CommandContext, format: OutputFormat): Promise<number> {
  return withService(context, async (service) => {
    await printRows(context.stdout, await shownGenerations(service), format)
    return EXIT.done
  })
}

/** Switches readers back to the generation before. */
export async function rollBackGenerations(context: CommandContext): Promise<number> {
  return withService(context, async (service) => {
    await tellHeldTopics(context, service)
    const maintenance = await service.beginMaintenance()
    const { from, to } = await maintenance.rollBack({
      stopped: context.stopped,
      report: () => {},
      onWait: waitNotice(context),
    })
    await writeLine(context.stdout, jsonLine({ generation: to.id, from: from.id, switched: true }))
    return EXIT.done
  })
}

/** Removes generations that readers do not follow. */
export async function pruneGenerations(context: CommandContext, ids: readonly string[]): Promise<number> {
  return withService(context, async (service) => {
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: context.stopped, onWait: waitNotice(context) }
    for (const { id } of await maintenance.prune(ids, conduct))
      await writeLine(context.stdout, jsonLine({ generation: id, pruned: true }))
    return EXIT.done
  })
}
