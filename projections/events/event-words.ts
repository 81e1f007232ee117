import { f32Text } from '../../schemas/json/float-text.ts'

/** The variant of an externally tagged enum: the word itself, or the one key of its object. */
export function variantWord(value: string | object): string {
  return typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
}

/** The name under `Other` of an open enum. */
export function otherText(value: string | { readonly Other: string }): string | null {
  return typeof value === 'string' ? null : value.Other
}

/** NaN and the infinities are printed as `null` (CONTRACT §3.1), and would spoil every average. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** A 32-bit float as its text reads, 0.7, where widening would give 0.699999988079071: the column equals the event's JSON. */
export function printedFloat32(value: number): number | null {
  return finiteOrNull(Number(f32Text(value)))
}
