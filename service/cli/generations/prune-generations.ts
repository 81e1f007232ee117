import { withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../terminal/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

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
