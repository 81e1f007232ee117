import { f32Text, f64Text } from '../json/float-text.ts'
import type { JsonBytes } from '../json/json-bytes.ts'
import type { ExternalForm, MapForm, StructForm, TaggedForm, WireField, WireForm } from '../wire-form.ts'
import { UNUSUAL, type AvroCursor } from './avro-cursor.ts'
import {
  bytesOf,
  printHash,
  printJson,
  printString,
  printU32,
  printU64,
  wordsPrinter,
  type Print,
} from './print-scalars.ts'
import { PrintedSlots } from './printed-slots.ts'
import { WatchTree, type WatchedPlace } from './watch-tree.ts'

type Watched = WatchedPlace<Leaf>

/** The same for a value that begins with a number: the branch of a union, or the items in a map's first block. */
type PrintHeaded = (head: number, cursor: AvroCursor, out: JsonBytes) => void

/** What stands at a path that is watched. */
export type Leaf =
  | { readonly leaf: 'text' | 'boolean' | 'u32' | 'u64' | 'f32' | 'f64' | 'count' | 'struct' }
  | { readonly leaf: 'word'; readonly words: readonly string[] }

export interface Printer {
  readonly print: Print
  /** What stands at each of the paths. */
  readonly leaves: readonly Leaf[]
  /** What the last `print` met at the paths, in their order. */
  readonly slots: PrintedSlots
}

/**
 * Compiles a form's way from its Avro bytes to its JSON text, without making values of them: byte for byte what `compileWriter`
 * prints of what `envelopeDecoder` reads. It reads what our own writer writes, and leaves everything else to these, by throwing `UNUSUAL`:
 * bytes that do not fit, what the contract does not allow, maps that are not sorted, blocks that tell their size.
 *
 * `paths` are what to watch on the way: names of fields and of variants between dots; at the end, `type` for the variant of a
 * union, `count` for the items of an array, and behind a boolean in an array's items `falses` for how many of them are false.
 * Throws a `TypeError` for a path that the form does not have.
 */
export function compilePrinter(form: StructForm, paths: readonly string[]): Printer {
  const slots = new PrintedSlots(paths.length)
  const tree = new WatchTree<Leaf>(paths)
  const print = printers(slots).struct(form, tree.root)
  return {
    print: (cursor, out) => {
      slots.clear()
      print(cursor, out)
    },
    leaves: tree.leaves(),
    slots,
  }
}

const TRUE = bytesOf('true')
const FALSE = bytesOf('false')
const COMMA = bytesOf(',')
const COLON = bytesOf(':')
const OPEN_OBJECT = bytesOf('{')
const CLOSE_OBJECT = bytesOf('}')
const OPEN_ARRAY = bytesOf('[')
const CLOSE_ARRAY = bytesOf(']')

function printers(slots: PrintedSlots) {
  function valueOf(form: WireForm, watched: Watched | undefined): Print {
    switch (form.form) {
      case 'string':
        return watchingText(printString, watched)
      case 'hash':
        return watchingText(printHash, watched)
      case 'json':
        return printJson
      case 'boolean':
        return watchingBoolean(watched)
      case 'words':
        return watchingHalves(wordsPrinter(form.words), watched?.slot({ leaf: 'word', words: form.words }))
      case 'u32':
        return watchingHalves(printU32, watched?.slot({ leaf: 'u32' }))
      case 'u64':
        return watchingHalves(printU64, watched?.slot({ leaf: 'u64' }))
      case 'f32':
        return floatPrinter((value) => f32Text(Math.fround(value)), Math.fround, watched?.slot({ leaf: 'f32' }))
      case 'f64':
        return floatPrinter(f64Text, (value) => value, watched?.slot({ leaf: 'f64' }))
      case 'array':
        return arrayOf(form.item, watched)
      case 'struct':
        return struct(form, watched)
      case 'map':
      case 'adjacent':
      case 'internal':
      case 'external': {
        const print = headedOf(form, watched)
        const isMap = form.form === 'map'
        return (cursor, out) => print(isMap ? cursor.blockCount() : cursor.count(), cursor, out)
      }
    }
  }

  function headedOf(form: MapForm | TaggedForm | ExternalForm, watched: Watched | undefined): PrintHeaded {
    switch (form.form) {
      case 'map':
        return mapOf(form)
      case 'adjacent':
      case 'internal':
        return tagged(form, watched)
      case 'external':
        return external(form, watched)
    }
  }

  function watchingText(print: Print, watched: Watched | undefined): Print {
    const slot = watched?.slot({ leaf: 'text' })
    if (slot === undefined) return print
    return (cursor, out) => {
      print(cursor, out)
      slots.set(slot, cursor.start, cursor.end)
    }
  }

  function watchingHalves(print: Print, slot: number | undefined): Print {
    if (slot === undefined) return print
    return (cursor, out) => {
      print(cursor, out)
      slots.set(slot, cursor.low, cursor.high)
    }
  }

  function watchingBoolean(watched: Watched | undefined): Print {
    const slot = watched?.slot({ leaf: 'boolean' })
    const falses = watched?.child('falses')?.slot({ leaf: 'count' })
    return (cursor, out) => {
      const value = cursor.boolean()
      out.literal(value ? TRUE : FALSE)
      if (slot !== undefined) slots.set(slot, value ? 1 : 0, 0)
      if (falses !== undefined && !value) slots.first[falses]!++
    }
  }

  function floatPrinter(
    textOf: (value: number) => string,
    widthOf: (value: number) => number,
    slot: number | undefined,
  ): Print {
    return (cursor, out) => {
      const value = cursor.double()
      out.ascii(textOf(value))
      if (slot !== undefined) slots.setNumber(slot, widthOf(value))
    }
  }

  function arrayOf(item: WireForm, watched: Watched | undefined): Print {
    const print = valueOf(item, watched)
    const count = watched?.child('count')?.slot({ leaf: 'count' })
    const tallies = watched?.slotsBelow() ?? []
    return (cursor, out) => {
      for (const slot of tallies) slots.set(slot, 0, 0)
      out.literal(OPEN_ARRAY)
      let items = 0
      for (let block = cursor.blockCount(); block > 0; block = cursor.blockCount()) {
        for (let left = block; left > 0; left--) {
          if (items++ > 0) out.literal(COMMA)
          print(cursor, out)
        }
      }
      out.literal(CLOSE_ARRAY)
      if (count !== undefined) slots.set(count, items, 0)
    }
  }

  function mapOf({ keyWords, value }: MapForm): PrintHeaded {
    const print = valueOf(value, undefined)
    return (head, cursor, out) => {
      out.literal(OPEN_OBJECT)
      let [start, end] = [-1, -1]
      for (let block = head; block > 0; block = cursor.blockCount()) {
        for (let left = block; left > 0; left--) {
          if (start >= 0) out.literal(COMMA)
          printString(cursor, out)
          if (start >= 0 && !isAscending(cursor, start, end)) throw UNUSUAL
          if (keyWords !== null && !keyWords.includes(cursor.text())) throw UNUSUAL
          start = cursor.start
          end = cursor.end
          out.literal(COLON)
          print(cursor, out)
        }
      }
      out.literal(CLOSE_OBJECT)
    }
  }

  function struct(form: StructForm, watched: Watched | undefined): Print {
    const print = members(form, watched)
    const slot = watched?.slot({ leaf: 'struct' })
    return (cursor, out) => {
      const start = out.length
      out.literal(OPEN_OBJECT)
      print(cursor, out, true)
      out.literal(CLOSE_OBJECT)
      if (slot !== undefined) slots.set(slot, start, out.length)
    }
  }

  function members(form: StructForm, watched: Watched | undefined) {
    const fields = form.fields.map((field) => member(field, watched?.child(field.name)))
    return (cursor: AvroCursor, out: JsonBytes, isFirst: boolean): void => {
      let first = isFirst
      for (let i = 0; i < fields.length; i++) if (fields[i]!(cursor, out, first)) first = false
    }
  }

  /** Prints a field with its key, or leaves it out; answers which. */
  function member(
    { name, form, presence, omit }: WireField,
    watched: Watched | undefined,
  ): (cursor: AvroCursor, out: JsonBytes, isFirst: boolean) => boolean {
    const [first, later] = [bytesOf(`"${name}":`), bytesOf(`,"${name}":`)]
    const [firstNull, laterNull] = [bytesOf(`"${name}":null`), bytesOf(`,"${name}":null`)]
    const isUnion = form.form === 'adjacent' || form.form === 'internal' || form.form === 'external'
    const isHeaded = isUnion || form.form === 'map'
    const print = isHeaded ? null : valueOf(form, watched)
    const printHeaded = isHeaded ? headedOf(form, watched) : null
    const isNullable = presence === 'nullable'

    return (cursor, out, isFirst) => {
      // In a union with null, the branches of the value come after it.
      const branch = isNullable ? cursor.count() : 1
      if (branch === 0) {
        if (omit) return false
        out.literal(isFirst ? firstNull : laterNull)
        return true
      }
      if (print !== null) {
        if (branch !== 1) throw UNUSUAL
        out.literal(isFirst ? first : later)
        print(cursor, out)
        return true
      }
      const head = !isUnion ? cursor.blockCount() : isNullable ? branch - 1 : cursor.count()
      if (omit && !isUnion && head === 0) return false
      out.literal(isFirst ? first : later)
      printHeaded!(head, cursor, out)
      return true
    }
  }

  function tagged({ form, content, variants }: TaggedForm, watched: Watched | undefined): PrintHeaded {
    const slot = watched?.child('type')?.slot({ leaf: 'word', words: [...variants.keys()] })
    const list = Array.from(variants, ([word, body]) => {
      const inner = watched?.child(word)
      return form === 'adjacent'
        ? { before: bytesOf(`{"type":"${word}","${content}":`), print: struct(body, inner), members: null }
        : { before: bytesOf(`{"type":"${word}"`), print: null, members: members(body, inner) }
    })
    return (head, cursor, out) => {
      const variant = list[head]
      if (variant === undefined) throw UNUSUAL
      if (slot !== undefined) slots.set(slot, head, 0)
      out.literal(variant.before)
      if (variant.print !== null) variant.print(cursor, out)
      else variant.members(cursor, out, false)
      out.literal(CLOSE_OBJECT)
    }
  }

  function external({ words, variants }: ExternalForm, watched: Watched | undefined): PrintHeaded {
    const slot = watched?.child('type')?.slot({ leaf: 'word', words: [...words, ...variants.keys()] })
    const printWord = wordsPrinter(words)
    const list = Array.from(variants, ([word, body]) => ({
      before: bytesOf(`{"${word}":`),
      print: valueOf(body, watched?.child(word)),
    }))
    return (head, cursor, out) => {
      if (head === 0) {
        printWord(cursor, out)
        if (slot !== undefined) slots.set(slot, cursor.low, 0)
        return
      }
      const variant = list[head - 1]
      if (variant === undefined) throw UNUSUAL
      if (slot !== undefined) slots.set(slot, words.length + head - 1, 0)
      out.literal(variant.before)
      variant.print(cursor, out)
      out.literal(CLOSE_OBJECT)
    }
  }

  return { struct }
}

/** Whether the last string read comes after another one, byte by byte: equal keys do not. */
function isAscending({ bytes, start, end }: AvroCursor, otherStart: number, otherEnd: number): boolean {
  const length = Math.min(end - start, otherEnd - otherStart)
  for (let i = 0; i < length; i++) {
    const difference = bytes[start + i]! - bytes[otherStart + i]!
    if (difference !== 0) return difference > 0
  }
  return end - start > otherEnd - otherStart
}
