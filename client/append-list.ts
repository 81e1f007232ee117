import { ExperienceError } from '../base/experience-error.ts'
import { faultOfListed } from '../base/fault-of-listed.ts'
import { parseEnvelope } from '../schemas/contract/envelope.ts'
import { envelopeToJson } from '../schemas/json/envelope-json.ts'
import type { ExperienceEventEnvelopeInput } from '../schemas/types/event-input-types.ts'
import type { AppendQueue, Outcome } from './append-queue.ts'

/** Appends a list in its order. Error: the first fault, which names its event: `events[3].event_id`. */
export async function appendList(
  queue: AppendQueue,
  envelopes: readonly ExperienceEventEnvelopeInput[],
  isAtomic: boolean,
): Promise<void> {
  queue.checkOpen()
  const fault = await (isAtomic ? appendAll(queue, envelopes) : appendEach(queue, envelopes))
  if (fault !== null) throw faultOfListed(fault.index, fault.error)
}

interface Fault {
  readonly index: number
  readonly error: ExperienceError
}

async function appendAll(
  queue: AppendQueue,
  envelopes: readonly ExperienceEventEnvelopeInput[],
): Promise<Fault | null> {
  const texts: string[] = []
  for (const [index, envelope] of envelopes.entries()) {
    const text = textOf(envelope)
    if (text instanceof ExperienceError) return { index, error: text }
    texts.push(text)
  }
  if (texts.length === 0) return null
  const outcome = await queue.append(texts, true)
  if ('error' in outcome) throw outcome.error
  const first = [...outcome.refused].toSorted(([a], [b]) => a - b)[0]
  return first === undefined ? null : { index: first[0], error: first[1] }
}

async function appendEach(
  queue: AppendQueue,
  envelopes: readonly ExperienceEventEnvelopeInput[],
): Promise<Fault | null> {
  const underWay: Promise<Outcome>[] = []
  // An object: what is set while others are awaited is seen.
  const failed = { is: false }
  let last: Fault | null = null
  for (const [index, envelope] of envelopes.entries()) {
    if (failed.is) break
    const text = textOf(envelope)
    if (text instanceof ExperienceError) {
      last = { index, error: text }
      break
    }
    const outcome = queue.append([text])
    outcome.then(
      (told) => (failed.is ||= faultIn(told) !== null),
      () => (failed.is = true),
    )
    underWay.push(outcome)
    if (!queue.hasRoom) await queue.ready()
  }
  for (const [index, outcome] of (await Promise.all(underWay)).entries()) {
    const error = faultIn(outcome)
    if (error !== null) return { index, error }
  }
  return last
}

function faultIn(outcome: Outcome): ExperienceError | null {
  return 'error' in outcome ? outcome.error : (outcome.refused.get(0) ?? null)
}

/** The text of an event, or what is wrong with it. */
function textOf(envelope: ExperienceEventEnvelopeInput): string | ExperienceError {
  try {
    return envelopeToJson(parseEnvelope(envelope))
  } catch (error) {
    if (error instanceof ExperienceError) return error
    throw error
  }
}
