import { varintBytes, writeVarint } from '../../../base/varint.ts'
import { VALUE_BRANCH } from '../../fold-wire-form.ts'

let lastText: string | null = null
let lastBytes = new Uint8Array()

/** A text as the value of an optional `string`: its branch, its length, its bytes. */
export function optionalText(text: string): Uint8Array {
  // Neighbours mostly have the same.
  if (text === lastText) return lastBytes
  const length = Buffer.byteLength(text)
  const bytes = new Uint8Array(1 + varintBytes(2 * length) + length)
  const at = writeVarint(bytes, writeVarint(bytes, 0, 2 * VALUE_BRANCH), 2 * length)
  bytes.set(Buffer.from(text), at)
  lastText = text
  lastBytes = bytes
  return bytes
}
