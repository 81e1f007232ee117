import { randomBytes } from 'node:crypto'
import type { Brand } from '../../base/brand.ts'

/** Names a generation: 12 hex digits, never used again, also not after the database was dropped and made anew. */
export type GenerationId = Brand<string, 'GenerationId'>

/** One set of projection tables, filled from the log by a consumer group of its own. */
export interface Generation {
  readonly id: GenerationId
  /** The tables that a projector writes to. Readers use the views `events` and `dead_letters`, which follow the live one. */
  readonly eventsTable: string
  readonly deadLettersTable: string
}

/** An id for a new generation: of 48 random bits. */
export function newGenerationId(): GenerationId {
  return randomBytes(6).toString('hex') as GenerationId
}

/** The generation with an id. Throws a `TypeError` for text that is no id. */
export function generation(id: string): Generation {
  if (!/^[0-9a-f]{12}$/.test(id)) throw new TypeError(`not the id of a generation: ${JSON.stringify(id)}`)
  return { id: id as GenerationId, eventsTable: `events_${id}`, deadLettersTable: `dead_letters_${id}` }
}
