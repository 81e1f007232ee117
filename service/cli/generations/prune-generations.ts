import { withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../json-line.ts'

/** Removes generations that readers do not follow. */
export async function pruneGenerations(context: CommandContext, ids: readonly string[]): Promise<number> {
  return withService(context, async (service) => {
    for (const { id } of await (await service.beginMaintenance()).prune(ids, context))
      await writeLine(context.stdout, jsonLine({ generation: id, pruned: true }))
    return EXIT.done
  })
}
