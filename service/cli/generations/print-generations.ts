import { listGenerations } from '../../../projections/generations/generations.ts'
import { printRows, withService, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

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
