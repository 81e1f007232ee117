import { deadLetterTopic } from '../../consumers/dead-letters/dead-letter-record.ts'
import { deadLetterId, parseDeadLetterId } from '../../consumers/dead-letters/dead-letter-id.ts'
import { readDeadLetters, type DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import type { DeadLetterState } from './listed-dead-letter.ts'

/** What a dead letter must have to be chosen; null for any. */
export interface DeadLetterFilter {
  readonly tenant: string | null
  readonly reason: string | null
  readonly state: DeadLetterState | null
}

/** Which dead letters a command is about: those with these ids, whatever their state, or those that a filter lets through. */
export type Choice = { readonly ids: readonly string[] } | DeadLetterFilter

/** What somebody named: ids, or expressly all open ones that a filter lets through. */
export interface ChoiceAsked extends Omit<DeadLetterFilter, 'state'> {
  readonly ids: readonly string[]
  readonly all: boolean
}

/** What is to be settled; null unless it is named in one way: who says nothing does not mean every dead letter. */
export function choiceOf({ ids, all, tenant, reason }: ChoiceAsked): Choice | null {
  if (all) return ids.length > 0 ? null : { tenant, reason, state: 'open' }
  const isFiltered = tenant !== null || reason !== null
  return ids.length === 0 || isFiltered ? null : { ids }
}

export function stateOf({ resolution }: DeadLetter): DeadLetterState {
  return resolution?.resolution ?? 'open'
}

/**
 * The dead letters of a choice, from the dead-letter topics. Chosen by ids, it returns the ids of which there is none. Errors:
 * `InvalidQuery` (an id is none), `Unavailable`, `StorageError`.
 */
export async function* chosenDeadLetters(
  { log, topics }: Pick<TenantLog, 'log' | 'topics'>,
  choice: Choice,
): AsyncGenerator<DeadLetter, readonly string[]> {
  if ('ids' in choice) {
    const positions = choice.ids.map((id) => parseDeadLetterId(id, topics))
    const wanted = new Set(positions.map(deadLetterId))
    const names = new Set(positions.map(({ topic }) => deadLetterTopic(topic, topics)))
    for await (const each of readDeadLetters(log, topics, [...names])) {
      if (wanted.delete(each.id)) yield each
      if (wanted.size === 0) break
    }
    return [...wanted]
  }
  const { tenant, reason, state } = choice
  const names =
    tenant === null ? await log.topics(topics.topicPrefix('dead-letters')) : [topics.topic('dead-letters', tenant)]
  for await (const each of readDeadLetters(log, topics, names)) {
    if ((reason === null || each.letter.reason === reason) && (state === null || stateOf(each) === state)) yield each
  }
  return []
}
