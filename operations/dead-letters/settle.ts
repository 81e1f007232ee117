import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import { resolutionRequest, type Resolution } from '../../consumers/dead-letters/resolution-record.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { chosenDeadLetters, stateOf, type Choice } from './choice.ts'

/** Why a dead letter stays as it is. */
export interface Refusal {
  readonly kind: 'refused'
  readonly reason: string
  readonly field: string | null
  readonly message: string
}

/** What is to become of an open dead letter: how it is settled and what is appended with that, or why it stays open. */
export type Settlement =
  { readonly kind: 'settled'; readonly resolution: Resolution; readonly event?: AppendRequest } | Refusal

/** What became of a dead letter of the choice. */
export type SettledLetter = { readonly id: string } & (
  { readonly kind: 'settled'; readonly resolution: Resolution } | Refusal
)

interface Waiting {
  readonly id: string
  readonly resolution: Resolution
  readonly requests: readonly AppendRequest[]
}

/** What is appended in one transaction: each costs some milliseconds, and its records are held until it is done. */
const LETTERS_AT_ONCE = 200
const BYTES_AT_ONCE = 1 << 20

/**
 * Settles the dead letters of a choice, and yields what became of each. A letter is appended together with its event, all or
 * nothing, before it is yielded as settled; those that are refused don't hold up the others. Ends early, with all yielded that is
 * appended, once it is asked to stop. Errors: `InvalidQuery` (an id is none), `Unavailable`, `StorageError`.
 */
export async function* settleDeadLetters(
  { log, topics }: Pick<TenantLog, 'log' | 'topics'>,
  choice: Choice,
  settle: (deadLetter: DeadLetter) => Promise<Settlement>,
  stopped: AbortSignal,
): AsyncGenerator<SettledLetter, void> {
  let waiting: Waiting[] = []
  let bytes = 0
  async function* appendWaiting(): AsyncGenerator<SettledLetter, void> {
    const settled = waiting
    waiting = []
    bytes = 0
    if (settled.length === 0) return
    await log.append(
      settled.flatMap(({ requests }) => requests),
      { atomic: true },
    )
    for (const { id, resolution } of settled) yield { id, kind: 'settled', resolution }
  }

  const chosen = chosenDeadLetters({ log, topics }, choice)
  let next = await chosen.next()
  try {
    for (; next.done !== true && !stopped.aborted; next = await chosen.next()) {
      const { id, letter } = next.value
      const outcome = await settlementOf(next.value, settle)
      if (outcome.kind === 'refused') {
        yield { id, ...outcome }
        continue
      }
      const { event, resolution } = outcome
      const requests = [...(event === undefined ? [] : [event]), resolutionRequest(letter, resolution, Date.now())]
      waiting.push({ id, resolution, requests })
      bytes += event?.record.value?.byteLength ?? 0
      if (waiting.length >= LETTERS_AT_ONCE || bytes >= BYTES_AT_ONCE) yield* appendWaiting()
    }
  } finally {
    // Who leaves early lets go of the log as well.
    await chosen.return([])
  }
  yield* appendWaiting()
  for (const id of next.done === true ? next.value : [])
    yield { id, kind: 'refused', reason: 'NotFound', field: null, message: 'there is no such dead letter' }
}

async function settlementOf(
  deadLetter: DeadLetter,
  settle: (deadLetter: DeadLetter) => Promise<Settlement>,
): Promise<Settlement> {
  const state = stateOf(deadLetter)
  if (state === 'open') return settle(deadLetter)
  return { kind: 'refused', reason: 'AlreadyResolved', field: null, message: `it was ${state} before` }
}
