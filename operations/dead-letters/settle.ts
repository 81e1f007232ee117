import type { DeadLetter } from '../../consumers/dead-letters/read-dead-letters.ts'
import { resolutionRequest, type Resolution } from '../../consumers/dead-letters/resolution-record.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import type { OpenLog } from '../../service/wiring/open-log.ts'
import { checkNotInterrupted, printRows, withLog, type CommandContext } from '../../service/cli/command-context.ts'
import { EXIT } from '../../service/cli/exit-codes.ts'
import { chosenDeadLetters, stateOf, type Choice } from './choice.ts'

/** What is to become of an open dead letter: how it is settled and what is appended with that, or why it stays open. */
export type Settlement =
  | { readonly kind: 'settled'; readonly resolution: Resolution; readonly event?: AppendRequest }
  | { readonly kind: 'refused'; readonly reason: string; readonly field: string | null; readonly message: string }

interface Settled {
  readonly id: string
  readonly resolution: Resolution
  readonly requests: readonly AppendRequest[]
}

/** What is appended in one transaction: each costs some milliseconds, and its records are held until it is done. */
const LETTERS_AT_ONCE = 200
const BYTES_AT_ONCE = 1 << 20

/**
 * Settles the dead letters of a choice. Each is appended together with its event, all or nothing, then told on stdout; what is
 * not settled is told on stderr, and the others are settled all the same.
 */
export async function settleDeadLetters(
  context: CommandContext,
  choice: Choice,
  settlement: (open: OpenLog) => Promise<(deadLetter: DeadLetter) => Promise<Settlement>>,
): Promise<number> {
  return withLog(context, async (open) => {
    const settle = await settlement(open)
    const counts = { settled: 0, refused: 0 }
    let waiting: Settled[] = []
    let bytes = 0

    const refuse = async (
      id: string,
      why: { reason: string; field: string | null; message: string },
    ): Promise<void> => {
      counts.refused++
      await printRows(context.stderr, [{ id, ...why }], 'json')
    }
    const appendWaiting = async (): Promise<void> => {
      const settled = waiting
      waiting = []
      bytes = 0
      if (settled.length === 0) return
      await open.log.append(
        settled.flatMap(({ requests }) => requests),
        { atomic: true },
      )
      counts.settled += settled.length
      await printRows(
        context.stdout,
        settled.map(({ id, resolution: { kind, ...rest } }) => ({
          id,
          state: kind,
          ...('resolvedAs' in rest ? { event_id: rest.resolvedAs } : rest),
        })),
        'json',
      )
    }

    const chosen = chosenDeadLetters(open, choice)
    let next = await chosen.next()
    for (; next.done !== true && !context.stopped.aborted; next = await chosen.next()) {
      const { id, letter } = next.value
      const state = stateOf(next.value)
      if (state !== 'open') {
        await refuse(id, { reason: 'AlreadyResolved', field: null, message: `it was ${state} before` })
        continue
      }
      const outcome = await settle(next.value)
      if (outcome.kind === 'refused') {
        const { reason, field, message } = outcome
        await refuse(id, { reason, field, message })
        continue
      }
      const { event, resolution } = outcome
      const requests = [...(event === undefined ? [] : [event]), resolutionRequest(letter, resolution, Date.now())]
      waiting.push({ id, resolution, requests })
      bytes += event?.record.value?.byteLength ?? 0
      if (waiting.length >= LETTERS_AT_ONCE || bytes >= BYTES_AT_ONCE) await appendWaiting()
    }
    await chosen.return([])
    await appendWaiting()
    for (const id of next.done === true ? next.value : []) {
      await refuse(id, { reason: 'NotFound', field: null, message: 'there is no such dead letter' })
    }
    context.stderr.write(`${counts.settled} settled, ${counts.refused} refused\n`)
    checkNotInterrupted(context, 'not all dead letters were looked at')
    return counts.refused === 0 ? EXIT.done : EXIT.no
  })
}
