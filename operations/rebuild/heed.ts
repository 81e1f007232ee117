import { offset, type Offset } from '../../base/position.ts'
import { isPlainObject } from '../../schemas/contract/plain-object.ts'

/** What the process that rebuilds tells of itself: how far it obeys the operations log, and whether it rests. */
export interface Heed {
  readonly generation: string
  /** It does what the operations before this offset say. */
  readonly upTo: Offset
  readonly isResting: boolean
}

/** As one text, for whoever steers the rebuild. */
export function heedText({ generation, upTo, isResting }: Heed): string {
  return JSON.stringify({ generation, up_to: upTo.toString(), resting: isResting })
}

/** What was told, if it is about that generation. */
export function heedOf(said: string, generation: string): Heed | null {
  if (said === '') return null
  const told: unknown = JSON.parse(said)
  if (!isPlainObject(told) || told['generation'] !== generation) return null
  return { generation, upTo: offset(BigInt(String(told['up_to']))), isResting: told['resting'] === true }
}
