import { eventKindLabels, eventKinds } from '../../../schemas/contract/event-kind.ts'

/** Counts for people: kinds by the word of the wire, which `--kind` takes; the summary itself has the contract's labels. */
export function countsByKind(byLabel: Readonly<Record<string, bigint>>): object[] {
  return eventKinds
    .map((kind) => ({ kind, events: byLabel[eventKindLabels[kind]] }))
    .filter(({ events }) => events !== undefined)
}
