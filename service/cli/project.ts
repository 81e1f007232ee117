import { topicHeld } from '../../operations/holds/hold-texts.ts'
import { tellForgettingTopics, tellHeldTopics, withService, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/**
 * Projects until the user stops the process: finishes the ranges under way, then leaves the consumer group. Error: `TopicHeld`, at the
 * end, where topics are held.
 */
export async function project(context: CommandContext): Promise<number> {
  return withService(context, async (service) => {
    const { generation, store } = service.readModel
    context.stderr.write(`projecting into database ${store.database}, generation ${generation.id}\n`)
    await tellForgettingTopics(context, service)
    await tellHeldTopics(context, service)
    context.stopped.addEventListener('abort', () => void service.stopProjecting())
    if (!context.stopped.aborted) await service.project()
    const held = await service.heldTopics()
    if (held.length > 0) throw topicHeld(held)
    return EXIT.done
  })
}
