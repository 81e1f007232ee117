import type { ReadModelStore } from '../read-model-store.ts'
import type { EventKeys } from './event-keys.ts'
import { lookUps } from './look-ups.ts'

/** Where the log holds a row's event, of which there may be copies: same tenant, id and content, which is what the digest covers. */
export interface StoredCopy {
  /** As `digestKey` writes it. */
  readonly digest: string
  readonly partition: number
  readonly offset: bigint
}

/** A digest as a key of sets: hex. */
export function digestKey(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('hex')
}

export interface CopiesWanted {
  /** Rows of the keys, in ascending order. Default: all. */
  readonly among?: readonly number[]
  /** Only copies of events that are stored more than once. Default: false. */
  readonly ofSeveral?: boolean
}

/**
 * Finds the rows of events that equal those of the keys, each once. Statements list half digests; whole ones are compared here. The
 * roll-up cannot answer it, and considering it takes as long as the rest.
 */
export async function storedCopies(
  store: ReadModelStore,
  eventsTable: string,
  keys: EventKeys,
  { among = keys.all(), ofSeveral = false }: CopiesWanted = {},
): Promise<StoredCopy[]> {
  const found: StoredCopy[] = []
  for (const { rows, condition, params } of lookUps(keys, among)) {
    const near = await store.query<{ digest: string; partition: number; position: string }>({
      sql: `SELECT lower(hex(reinterpretAsFixedString(digest))) AS digest, partition, offset AS position
        FROM ${store.table(eventsTable)} AS stored WHERE ${condition} ${ofSeveral ? SEVERAL : ''}
        SETTINGS optimize_use_projections = 0`,
      params,
    })
    if (near.length === 0) continue
    // Ids come again: what another look-up asks for may be found here too, and would count as a copy of itself.
    const wanted = new Set(rows.map((row) => digestKey(keys.digest(row))))
    for (const { digest, partition, position } of near) {
      if (wanted.has(digest)) found.push({ digest, partition, offset: BigInt(position) })
    }
  }
  return found
}

const SEVERAL = 'QUALIFY count() OVER (PARTITION BY digest) > 1'
