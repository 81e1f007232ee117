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
import { operatorOf, type Act } from '../over-http/operator.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

/** Prints the generations that have tables, the oldest first. */
export async function printGenerations(context: CommandContext, format: OutputFormat): Promise<number> {
  const operator = operatorOf(context)
  const rows =
    operator === null ? await withService(context, shownGenerations) : await operator.rows('generations', 'generations')
  await printRows(context.stdout, rows, format)
  return EXIT.done
}

/** Switches readers back to the generation before. */
export async function rollBackGenerations(context: CommandContext): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) {
    const begun = JSON.parse(await operator.do('rollback')) as Act
    await writeLine(context.stdout, jsonLine(await operator.resultOf(begun)))
    return EXIT.done
  }
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
  const operator = operatorOf(context)
  if (operator !== null) {
    const { pruned } = JSON.parse(await operator.do('prune', { query: { id: ids } })) as { readonly pruned: string[] }
    for (const generation of pruned) await writeLine(context.stdout, jsonLine({ generation, pruned: true }))
    return EXIT.done
  }
  return withService(context, async (service) => {
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: context.stopped, onWait: waitNotice(context) }
    for (const { id } of await maintenance.prune(ids, conduct))
      await writeLine(context.stdout, jsonLine({ generation: id, pruned: true }))
    return EXIT.done
  })
}
