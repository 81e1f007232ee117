import { withService, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/** Projects until the user stops the process: finishes the ranges under way, then leaves the consumer group. */
export async function project(context: CommandContext): Promise<number> {
  return withService(context, async (service) => {
    const { generation, store } = service.readModel
    context.stderr.write(`projecting into database ${store.database}, generation ${generation.id}\n`)
    context.stopped.addEventListener('abort', () => void service.stopProjecting())
    if (!context.stopped.aborted) await service.project()
    return EXIT.done
  })
}
