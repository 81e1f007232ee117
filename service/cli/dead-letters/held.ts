import { summariseHeldTopic } from '../../../operations/holds/held-topic-summary.ts'
import { releaseTopics, topicsHeld } from '../../../operations/holds/release.ts'
import type { HeldChoice } from './held-choice.ts'
import { printRows, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { releaseOverHttp } from '../over-http/dead-letters-over-http.ts'
import { operatorOf } from '../over-http/operator.ts'
import { tellUnprojected, withProjectedLog } from './projected-log.ts'

/** Prints the topics that are held, with the reason and since when. */
export async function printHeldTopics(context: CommandContext, format: OutputFormat): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) {
    await printRows(context.stdout, await operator.rows('held-topics', 'held_topics'), format)
    return EXIT.done
  }
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
  const operator = operatorOf(context)
  if (operator !== null) return releaseOverHttp(context, operator, choice)
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
