import { createHash } from 'node:crypto'

export const DIGEST_BYTES = 16

/**
 * Identifies an event by tenant, id and content: the first 16 bytes of the SHA-256 of its canonical JSON text, which does
 * not depend on the schema version that it was written with.
 */
export function contentDigest(envelopeJson: string): Buffer {
  return createHash('sha256').update(envelopeJson).digest().subarray(0, DIGEST_BYTES)
}
