import { summariseHeldTopic } from '../../../operations/holds/held-topic-summary.ts'
import { releaseTopics, topicsHeld } from '../../../operations/holds/release.ts'
import { printRows, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { tellUnprojected, withProjectedLog } from './projected-log.ts'

/** Which topics: by their names, one tenant's, or all that are held. */
export type HeldChoice = { readonly topics: readonly string[] } | { readonly tenant: string } | 'all'

/** Prints the topics that are held, with the reason and since when. */
export async function printHeldTopics(context: CommandContext, format: OutputFormat): Promise<number> {
  return withProjectedLog(context, async (log, whyNotProjected) => {
    tellUnprojected(context, whyNotProjected)
    const held = await topicsHeld(log, context.settings.CLICKHOUSE_DATABASE)
    const rows = held.map((each) => summariseHeldTopic(each, log.topics))
    await printRows(context.stdout, rows, format)
    return EXIT.done
  })
}

/** Lets the projectors go on with topics, and prints which. Error: `NotFound` where one is not held. */
export async function releaseHeldTopics(context: CommandContext, choice: HeldChoice): Promise<number> {
  return withProjectedLog(context, async (log) => {
    const names =
      typeof choice === 'string'
        ? choice
        : 'topics' in choice
          ? choice.topics
          : [log.topics.topic('events', choice.tenant === '' ? null : choice.tenant)]
    await printRows(context.stdout, await releaseTopics(log, context.settings.CLICKHOUSE_DATABASE, names), 'json')
    return EXIT.done
  })
}
