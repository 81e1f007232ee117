import { listGenerations } from '../../../projections/generations/generations.ts'
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
    const { statuses } = await service.generations()
    const live = await service.liveGeneration()
    const rows = (await listGenerations(service.readModel.store)).map((each) => ({
      generation: each.generation.id,
      status: each.generation.id === live.id ? 'live' : (statuses.get(each.generation.id) ?? 'unknown'),
      created_at: new Date(each.createdAt).toISOString(),
      form: each.form,
      events: each.events,
      dead_letters: each.deadLetters,
      bytes: each.bytes,
    }))
    await printRows(context.stdout, rows, format)
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
