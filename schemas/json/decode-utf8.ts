const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Decodes bytes as UTF-8. Bytes that are none become lone surrogates, which the reader refuses in every value that it reads,
 * and passes, as the reference does, in values that it drops.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeMarkingFaults(bytes)
  }
}

const FAULT = '\udc80'
const REPLACEMENT = '\ufffd'

/** Decodes runs between faults: a replacement character that the bytes did not spell out marks a fault. */
function decodeMarkingFaults(bytes: Uint8Array): string {
  const spelledOut = Buffer.from(REPLACEMENT)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts: string[] = []
  let start = 0
  for (let at = buffer.indexOf(spelledOut); at !== -1; at = buffer.indexOf(spelledOut, start)) {
    parts.push(lossy.decode(buffer.subarray(start, at)).replaceAll(REPLACEMENT, FAULT))
    start = at + spelledOut.length
  }
  parts.push(lossy.decode(buffer.subarray(start)).replaceAll(REPLACEMENT, FAULT))
  return parts.join(REPLACEMENT)
}
