import { hash } from 'node:crypto'

export const DIGEST_BYTES = 16

/**
 * Identifies an event by tenant, id and content: the first 16 bytes of the SHA-256 of its canonical JSON text, which does
 * not depend on the schema version that it was written with.
 */
export function contentDigest(envelopeJson: string): Buffer {
  return Buffer.from(contentDigestLatin1(envelopeJson), 'latin1')
}

/** The same of its UTF-8 bytes or text, one byte a character: making a buffer of every digest takes as long as the digest. */
export function contentDigestLatin1(envelopeJson: Uint8Array | string): string {
  return hash('sha256', envelopeJson, 'binary').slice(0, DIGEST_BYTES)
}
