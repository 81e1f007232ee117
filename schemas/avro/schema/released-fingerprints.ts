/**
 * SHA-256 of the parsing canonical form (Avro 1.11) of every schema in `schemas/avro/released`: those whose `long`s carry unsigned
 * bits. A test holds them against the folder.
 */
export const releasedFingerprints: ReadonlySet<string> = new Set([
  'd5fe537586738e7854fedd32a0b4897462a01171581a2d3b9cc71bfa87719327',
])
