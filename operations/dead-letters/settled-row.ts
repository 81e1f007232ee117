import type { SettledLetter } from './settle.ts'

/** What became of a dead letter, as every door shows it: how it was settled, or why it was not. */
export function settledRow({ id, ...outcome }: SettledLetter): object {
  if (outcome.kind === 'refused') {
    const { reason, field, message } = outcome
    return { id, reason, field, message }
  }
  const { resolution } = outcome
  const how = resolution.kind === 'retried' ? { event_id: resolution.resolvedAs } : { because: resolution.because }
  return { id, state: resolution.kind, ...how }
}
