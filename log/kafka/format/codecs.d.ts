// What is used of two packages that bring no types.
declare module 'snappyjs' {
  const snappy: { uncompress(bytes: Uint8Array): Uint8Array }
  export default snappy
}
declare module 'lz4js' {
  const lz4: {
    decompress(frames: Uint8Array): Uint8Array
    compressBound(bytes: number): number
    /** Returns the length, or 0 where nothing gets smaller. */
    compressBlock(from: Uint8Array, to: Uint8Array, start: number, length: number, places: Uint32Array): number
    /** Returns where what was written ends. */
    decompressBlock(from: Uint8Array, to: Uint8Array, start: number, length: number, toStart: number): number
  }
  export default lz4
}
