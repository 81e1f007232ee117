import { tellHeldTopics, withService, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../terminal/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

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
