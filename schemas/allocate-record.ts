const SLAB_BYTES = 256 * 1024
/** Larger ones would leave much of a slab unused. */
const MOST_SHARED = SLAB_BYTES / 16

let slab = Buffer.alloc(0)
let used = 0

/**
 * Bytes for a record that will not live long. Records share slabs: Node's own, of 8 KiB, are used up by every few records, and
 * each costs the garbage collector more than a record does.
 */
export function allocateRecord(size: number): Buffer {
  if (size > MOST_SHARED) return Buffer.allocUnsafe(size)
  if (used + size > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
    used = 0
  }
  used += size
  return slab.subarray(used - size, used)
}
