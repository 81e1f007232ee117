import type { TenantLog } from '../../log/tenant-log.ts'
import type { ExperienceEventEnvelope } from '../../schemas/contract/envelope.ts'
import type { Choice } from './choice.ts'
import { Redrive, type Redriven } from './redrive.ts'
import { settleDeadLetters, type SettledLetter, type Settlement } from './settle.ts'

/** Appends what is an event by now, and settles its dead letter with it; what still is none stays open. See `settleDeadLetters`. */
export async function* retryDeadLetters(
  log: TenantLog,
  choice: Choice,
  stopped: AbortSignal,
): AsyncGenerator<SettledLetter, void> {
  const redrive = await Redrive.create(log)
  yield* settleDeadLetters(log, choice, async ({ letter }) => settlementOf(await redrive.again(letter)), stopped)
}

/** Appends a corrected event in place of a bad record, and settles its dead letter with it. See `settleDeadLetters`. */
export async function* correctDeadLetter(
  log: TenantLog,
  id: string,
  envelope: ExperienceEventEnvelope,
  stopped: AbortSignal,
): AsyncGenerator<SettledLetter, void> {
  const redrive = await Redrive.create(log)
  const settle = async (letter: Parameters<Redrive['corrected']>[0]): Promise<Settlement> =>
    settlementOf(await redrive.corrected(letter, envelope, Date.now()))
  yield* settleDeadLetters(log, { ids: [id] }, ({ letter }) => settle(letter), stopped)
}

/** Settles dead letters that nobody wants, with the reason. The log keeps the records, and the dead-letter topic the letters. */
export function discardDeadLetters(
  log: TenantLog,
  choice: Choice,
  because: string,
  stopped: AbortSignal,
): AsyncGenerator<SettledLetter, void> {
  const resolution = { kind: 'discarded', because } as const
  return settleDeadLetters(log, choice, async () => ({ kind: 'settled', resolution }), stopped)
}

function settlementOf(redriven: Redriven): Settlement {
  if (redriven.kind === 'refused') return redriven
  return { kind: 'settled', event: redriven.request, resolution: { kind: 'retried', resolvedAs: redriven.eventId } }
}
