/**
 * The Confluent wire format: a zero byte, the schema id as 4 bytes big-endian, the Avro body
 * (Confluent Schema Registry documentation, "Wire format").
 */
const MAGIC = 0
export const FRAME_BYTES = 5

export function frame(schemaId: number, body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_BYTES + body.length)
  framed.set(body, FRAME_BYTES)
  return writeFrame(schemaId, framed)
}

/** Frames a body that stands behind `FRAME_BYTES` bytes which are free, in place. */
export function writeFrame(schemaId: number, framed: Buffer): Buffer {
  framed[0] = MAGIC
  framed.writeUInt32BE(schemaId, 1)
  return framed
}

/** The schema id of a framed record, or null if the bytes do not begin with a frame. */
export function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < FRAME_BYTES || bytes[0] !== MAGIC) return null
  return ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0
}

/** The parts of a framed record, or null if the bytes do not begin with a frame. */
export function unframe(bytes: Uint8Array): { readonly schemaId: number; readonly body: Buffer } | null {
  const schemaId = schemaIdOf(bytes)
  if (schemaId === null) return null
  return { schemaId, body: Buffer.from(bytes.buffer, bytes.byteOffset + FRAME_BYTES, bytes.length - FRAME_BYTES) }
}
