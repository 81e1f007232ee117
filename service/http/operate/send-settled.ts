import type { Choice } from '../../../operations/dead-letters/choice.ts'
import type { SettledLetter } from '../../../operations/dead-letters/settle.ts'
import { settledRow } from '../../../operations/dead-letters/settled-row.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { sendJson } from '../answers/send-json.ts'
import { NDJSON, sendLines } from '../answers/send-lines.ts'
import { accepts } from '../register-route.ts'
import type { Asked } from '../route.ts'

/** Refused ones of which an answer that is one value tells why. */
const MOST_TOLD = 1000

/** What the caller chose; null where nothing can match. */
export interface ChosenLetters {
  readonly choice: Choice
  /** Ids of which the caller may know nothing. */
  readonly unknown: readonly string[]
}

type Settle = (choice: Choice) => AsyncIterable<SettledLetter>

/** Settles what was chosen, and tells what became of it: each in a line, or how many, and why others were not. */
export async function sendSettled(
  { request, reply }: Pick<Asked<unknown, unknown>, 'request' | 'reply'>,
  chosen: ChosenLetters | null,
  settle: Settle,
): Promise<void> {
  const letters = outcomesOf(chosen, settle)
  const counts = { settled: 0, refused: 0 }
  // What fails before the first is an error like any other.
  const first = await letters.next()
  if (accepts(request, NDJSON)) {
    try {
      await sendLines(reply, linesOf(first, letters, counts))
    } finally {
      // A client that goes away leaves letters that nobody asks for any more.
      await letters.return()
    }
    return
  }
  const errors: object[] = []
  for (let each = first; each.done !== true; each = await letters.next()) {
    counts[each.value.kind]++
    if (each.value.kind === 'refused' && errors.length < MOST_TOLD) errors.push(settledRow(each.value))
  }
  sendJson(reply, { ...counts, errors })
}

async function* outcomesOf(chosen: ChosenLetters | null, settle: Settle): AsyncGenerator<SettledLetter, void> {
  if (chosen === null) return
  const { choice, unknown } = chosen
  if (!('ids' in choice) || choice.ids.length > 0) yield* settle(choice)
  for (const id of unknown)
    yield { id, kind: 'refused', reason: 'NotFound', field: null, message: 'there is no such dead letter' }
}

async function* linesOf(
  first: IteratorResult<SettledLetter, void>,
  letters: AsyncGenerator<SettledLetter, void>,
  counts: Record<SettledLetter['kind'], number>,
): AsyncGenerator<string> {
  for (let each = first; each.done !== true; each = await letters.next()) {
    counts[each.value.kind]++
    yield `${jsonLine(settledRow(each.value))}\n`
  }
  yield `${jsonLine(counts)}\n`
}
