import type { EventKind } from '../../schemas/contract/event-kind.ts'
import type { EventRow } from './event-columns.ts'

/**
 * Where the value of a column comes from. A path leads from `event.data` through fields and variants, dots between them
 * (`compilePrinter` says what else may stand at its end).
 */
export type DetailSource =
  /** The value at the first of the paths that the event has. */
  | { readonly paths: readonly string[]; readonly otherwise?: Constant }
  /** Whether the state machine of artifacts allows the transition. */
  | { readonly transition: { readonly from: string; readonly to: string | Constant } }

/** A word, for events that have a value at `where`; without it, for all. */
export interface Constant {
  readonly word: string
  readonly where?: string
}

/** Columns that an event of a kind has, beside those of the envelope. */
export type Details = Readonly<Record<string, DetailSource>>
export type EventDetails = Readonly<Record<EventKind, Details>>

/** Details whose columns `EventRow` has. */
export type KnownDetails = Partial<Readonly<Record<keyof EventRow, DetailSource>>>

export function at(...paths: readonly string[]): DetailSource {
  return { paths }
}

export function word(text: string): DetailSource {
  return { paths: [], otherwise: { word: text } }
}
