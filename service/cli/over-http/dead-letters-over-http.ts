import { checkNotInterrupted } from '../../../base/interruption.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { askDeadLetters } from '../../../client/ask-dead-letters.ts'
import type { Choice, DeadLetterFilter } from '../../../operations/dead-letters/choice.ts'
import type { HeldTopicSummary } from '../../../operations/holds/held-topic-summary.ts'
import { topicHeldFrom } from '../../../operations/holds/hold-texts.ts'
import { printRows, type CommandContext, type OutputFormat } from '../command-context.ts'
import type { HeldChoice } from '../dead-letters/held-choice.ts'
import { EXIT } from '../exit-codes.ts'
import type { Operator } from './operator.ts'

/** Prints the dead letters that a filter lets through, as `dead-letters list` does. */
export async function listOverHttp(
  context: CommandContext,
  operator: Operator,
  { tenant: tenant_id, reason, state }: DeadLetterFilter,
  { limit, format }: { readonly limit: bigint | null; readonly format: OutputFormat },
): Promise<number> {
  const rows: object[] = []
  for await (const row of askDeadLetters(operator.connection, { tenant_id, reason, state, limit }, context.stopped)) {
    if (format === 'table') rows.push(row)
    else await printRows(context.stdout, [row], 'json')
  }
  const held = (await heldTopics(operator)).filter((each) => tenant_id === null || each.tenant_id === tenant_id)
  // What they hold is no dead letter as yet.
  if (held.length > 0) context.stderr.write(`${topicHeldFrom(held).message}\n`)
  if (format === 'table') await printRows(context.stdout, rows, 'table')
  return EXIT.done
}

/** Has dead letters settled, and prints what became of each as the command does on the log itself. */
export async function settleOverHttp(
  { stdout, stderr, stopped }: CommandContext,
  operator: Operator,
  act: 'retry' | 'discard',
  choice: Choice,
  because?: string,
): Promise<number> {
  const chosen = 'ids' in choice ? { id: choice.ids } : { all: true, tenant_id: choice.tenant, reason: choice.reason }
  const rows = operator.linesOf(`dead-letters/${act}`, { ...chosen, because }, 'settled')
  let each = await rows.next()
  for (; each.done !== true; each = await rows.next())
    await printRows('reason' in each.value ? stderr : stdout, [each.value], 'json')
  const { settled, refused } = each.value
  stderr.write(`${String(settled)} settled, ${String(refused)} rejected\n`)
  checkNotInterrupted(stopped, 'not all dead letters were looked at')
  return refused === 0n ? EXIT.done : EXIT.no
}

/** Has topics released, and prints which. Error: `NotFound` where one is not held. */
export async function releaseOverHttp(
  context: CommandContext,
  operator: Operator,
  choice: HeldChoice,
): Promise<number> {
  for (const topic of await topicsOf(operator, choice)) {
    const released = await operator.do(`held-topics/${encodeURIComponent(topic)}/release`)
    context.stdout.write(`${released}\n`)
  }
  return EXIT.done
}

async function topicsOf(operator: Operator, choice: HeldChoice): Promise<readonly string[]> {
  if (typeof choice === 'object' && 'topics' in choice) return choice.topics
  const held = await heldTopics(operator)
  if (choice === 'all') return held.map(({ topic }) => topic)
  const own = held.filter(({ tenant_id }) => tenant_id === choice.tenant).map(({ topic }) => topic)
  if (own.length > 0) return own
  throw new ExperienceError('NotFound', `no topic of the tenant ${JSON.stringify(choice.tenant)} is held`)
}

async function heldTopics(operator: Operator): Promise<readonly HeldTopicSummary[]> {
  return (await operator.rows('held-topics', 'held_topics')) as unknown as readonly HeldTopicSummary[]
}
