import { CR, LF, SPACE, TAB } from '../../base/characters.ts'
import { writeVarint } from '../../base/varint.ts'
import { allocateRecord } from '../allocate-record.ts'

/** Bytes of JSON text that are transcribed; longer ones are rare, and go the long way. */
export const MAX_INPUT = 64 * 1024
/** No text of `MAX_INPUT` has more in Avro: a member of a JSON array takes two bytes, a double eight. */
const OUTPUT_BYTES = 8 * MAX_INPUT

/** Thrown where a text is not in the plain form that is transcribed; says nothing about whether it is valid. */
export const NOT_PLAIN = Symbol('not plain')

export function giveUp(): never {
  // No error: its stack would cost more than all the rest.
  throw NOT_PLAIN
}

/** Reads one JSON value of a form, and writes it in Avro. Throws `NOT_PLAIN` where it might not do what the reader does. */
export type Transcriber = (at: Transcription) => void

/**
 * A place in the JSON text that is read, and one in the Avro bytes that are written. What is read beyond the end is undefined,
 * and fits nothing; what is written beyond is lost, and `fits` tells.
 */
export class Transcription {
  input: Uint8Array = new Uint8Array()
  /** Where the next byte is read. */
  from = 0
  readonly output = Buffer.allocUnsafe(OUTPUT_BYTES)
  /** Where the next byte is written. */
  to = 0
  /** JSON containers that are open. */
  depth = 0
  /** Where fields that the caller asked for were written; −1 for those that did not come. */
  readonly noted: number[]
  /** The word of the outermost tagged value. */
  word = ''

  constructor(notes: number) {
    this.noted = Array.from({ length: notes }, () => -1)
  }

  begin(input: Uint8Array): void {
    this.input = input
    this.from = 0
    this.to = 0
    this.depth = 0
    this.noted.fill(-1)
    this.word = ''
  }

  get fits(): boolean {
    return this.to <= OUTPUT_BYTES
  }

  /** The next byte that is no white space. Stands before it then. */
  peek(): number {
    let byte = this.input[this.from]!
    while (byte === SPACE || byte === LF || byte === CR || byte === TAB) byte = this.input[++this.from]!
    return byte
  }

  expect(byte: number): void {
    if (this.peek() !== byte) giveUp()
    this.from++
  }

  open(byte: number): void {
    this.expect(byte)
    this.depth++
  }

  close(): void {
    this.from++
    this.depth--
  }

  /** Takes a token if it stands here. */
  takes(token: Uint8Array): boolean {
    const { input, from } = this
    const { length } = token
    for (let place = 0; place < length; place++) if (input[from + place] !== token[place]) return false
    this.from = from + length
    return true
  }

  write(byte: number): void {
    this.output[this.to++] = byte
  }

  append(bytes: Uint8Array): void {
    for (let place = 0; place < bytes.length; place++) this.output[this.to++] = bytes[place]!
  }

  /** A count or an index as Avro `long`, from 0 to 2⁵¹. */
  long(value: number): void {
    this.to = writeVarint(this.output, this.to, 2 * value)
  }

  /** Writes a `long` at a place where one byte was left for it. */
  prefix(start: number, value: number): void {
    const end = this.to
    this.to = start
    if (value < 64) {
      this.write(2 * value)
      this.to = end
      return
    }
    const more = value < 8192 ? 1 : value < 1_048_576 ? 2 : 3
    this.output.copyWithin(start + 1 + more, start + 1, end)
    this.long(value)
    this.to = end + more
  }

  /** What was written as a `string` at a place. */
  stringAt(place: number): string {
    let at = place
    let byte = this.output[at++]!
    let length = byte & 0x7f
    for (let unit = 0x80; byte >= 0x80; unit *= 0x80) {
      byte = this.output[at++]!
      length += (byte & 0x7f) * unit
    }
    return this.output.toString('utf8', at, at + length / 2)
  }

  /** A copy of what was written, behind so many bytes that are left free. */
  copy(free: number): Buffer {
    const bytes = allocateRecord(free + this.to)
    this.output.copy(bytes, free, 0, this.to)
    return bytes
  }

  /** As `copy`, with something else in place of the byte at `place`. */
  copyWith(free: number, place: number, inPlace: Uint8Array): Buffer {
    const bytes = allocateRecord(free + this.to + inPlace.length - 1)
    this.output.copy(bytes, free, 0, place)
    bytes.set(inPlace, free + place)
    this.output.copy(bytes, free + place + inPlace.length, place + 1, this.to)
    return bytes
  }
}
