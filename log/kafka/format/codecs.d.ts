// What is used of two packages that bring no types.
declare module 'snappyjs' {
  const snappy: { uncompress(bytes: Uint8Array): Uint8Array }
  export default snappy
}
declare module 'lz4js' {
  const lz4: { decompress(frames: Uint8Array): Uint8Array }
  export default lz4
}
