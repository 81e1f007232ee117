import type { FastifyReply } from 'fastify'
import type { Choice } from '../../../operations/dead-letters/choice.ts'
import type { SettledLetter } from '../../../operations/dead-letters/settle.ts'
import { sendJson } from '../answers/send-json.ts'

/** Refused ones of which the answer tells why. */
const MOST_TOLD = 1000

interface ToldRefusal {
  readonly id: string
  readonly reason: string
  readonly field: string | null
  readonly message: string
}

/** Settles what was chosen, and tells what became of it. `unknown` are ids of which the caller may know nothing. */
export async function sendSettled(
  reply: FastifyReply,
  chosen: { readonly choice: Choice; readonly unknown: readonly string[] } | null,
  settle: (choice: Choice) => AsyncIterable<SettledLetter>,
): Promise<void> {
  const counts = { settled: 0, refused: 0 }
  const errors: ToldRefusal[] = []
  const refuse = (refusal: ToldRefusal): void => {
    counts.refused++
    if (errors.length < MOST_TOLD) errors.push(refusal)
  }
  if (chosen !== null) {
    const isAny = !('ids' in chosen.choice) || chosen.choice.ids.length > 0
    for await (const each of isAny ? settle(chosen.choice) : []) {
      if (each.kind === 'settled') counts.settled++
      else refuse({ id: each.id, reason: each.reason, field: each.field, message: each.message })
    }
    for (const id of chosen.unknown)
      refuse({ id, reason: 'NotFound', field: null, message: 'there is no such dead letter' })
  }
  sendJson(reply, { ...counts, errors })
}
