import type { JsonBytes } from '../../json/json-bytes.ts'
import {
  foldWireForm,
  NULL_BRANCH,
  VALUE_BRANCH,
  type FieldPart,
  type Variants,
  type WireFormTable,
} from '../../fold-wire-form.ts'
import type { ExternalForm, MapForm, StructForm } from '../../wire-form.ts'
import { UNUSUAL, type AvroCursor } from './avro-cursor.ts'
import { bytesOf, printString, wordsPrinter, type Print } from './print-scalars.ts'
import { PrintedSlots, type Leaf } from './printed-slots.ts'
import { scalarPrinters, watchingHalves } from './watch-scalars.ts'
import { WatchTree, type WatchedPlace } from './watch-tree.ts'

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
  const tree = new WatchTree(paths, slots)
  const print = foldWireForm(form, printers, tree.root)
  return {
    print: (cursor, out) => {
      slots.clear()
      print(cursor, out)
    },
    leaves: tree.leaves(),
    slots,
  }
}

/** What is watched within a value, if anything is. */
type Watched = WatchedPlace | undefined

/** Prints the fields of a struct, behind others unless `isFirst`. */
type PrintMembers = (cursor: AvroCursor, out: JsonBytes, isFirst?: boolean) => void

const printers: WireFormTable<Print, PrintMembers, Watched> = {
  ...scalarPrinters,
  words: ({ words }, watched) => watchingHalves(wordsPrinter(words), watched?.slot({ leaf: 'word', words })),
  array: arrayPrinter,
  map: mapPrinter,
  members: (fields) => membersPrinter(fields.map(memberPrinter)),
  struct: structPrinter,
  adjacent: (variants, { content }, watched) =>
    variantPrinter(variants, (word) => `{"type":"${word}","${content}":`, [], watched),
  internal: (variants, _, watched) => variantPrinter(variants, (word) => `{"type":"${word}"`, [], watched),
  external: externalPrinter,
  enter: (watched, { form }, name) => (form === 'array' ? watched : watched?.child(name)),
}

const COMMA = bytesOf(',')
const COLON = bytesOf(':')
const OPEN_OBJECT = bytesOf('{')
const CLOSE_OBJECT = bytesOf('}')
const OPEN_ARRAY = bytesOf('[')
const CLOSE_ARRAY = bytesOf(']')

function arrayPrinter(print: Print, watched: Watched): Print {
  const count = watched?.child('count')?.slot({ leaf: 'count' })
  const tallies = watched?.slotsBelow() ?? []
  return (cursor, out) => {
    for (const slot of tallies) slot.set(0, 0)
    out.literal(OPEN_ARRAY)
    let items = 0
    for (let block = cursor.blockCount(); block > 0; block = cursor.blockCount()) {
      for (let left = block; left > 0; left--) {
        if (items++ > 0) out.literal(COMMA)
        print(cursor, out)
      }
    }
    out.literal(CLOSE_ARRAY)
    count?.set(items, 0)
  }
}

function mapPrinter(print: Print, { keyWords }: MapForm): Print {
  return (cursor, out, firstBlock = cursor.blockCount()) => {
    out.literal(OPEN_OBJECT)
    let [start, end] = [-1, -1]
    for (let block = firstBlock; block > 0; block = cursor.blockCount()) {
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

function structPrinter(members: PrintMembers, _: StructForm, watched: Watched): Print {
  const slot = watched?.slot({ leaf: 'struct' })
  return (cursor, out) => {
    const start = out.length
    out.literal(OPEN_OBJECT)
    members(cursor, out, true)
    out.literal(CLOSE_OBJECT)
    slot?.set(start, out.length)
  }
}

/** Prints a field with its key, or leaves it out; answers which. */
type PrintMember = (cursor: AvroCursor, out: JsonBytes, isFirst: boolean) => boolean

function membersPrinter(members: readonly PrintMember[]): PrintMembers {
  return (cursor, out, isFirst = false) => {
    let first = isFirst
    for (let i = 0; i < members.length; i++) if (members[i]!(cursor, out, first)) first = false
  }
}

function memberPrinter({ name, form, presence, omit, isUnion, part: print }: FieldPart<Print>): PrintMember {
  const [first, later] = [bytesOf(`"${name}":`), bytesOf(`,"${name}":`)]
  const [firstNull, laterNull] = [bytesOf(`"${name}":null`), bytesOf(`,"${name}":null`)]
  const isMap = form.form === 'map'
  const isNullable = presence === 'nullable'

  return (cursor, out, isFirst) => {
    let head: number | undefined
    if (isNullable) {
      const branch = cursor.count()
      if (branch === NULL_BRANCH) {
        if (omit) return false
        out.literal(isFirst ? firstNull : laterNull)
        return true
      }
      if (isUnion) head = branch
      else if (branch !== VALUE_BRANCH) throw UNUSUAL
    }
    if (isMap) {
      head = cursor.blockCount()
      if (omit && head === 0) return false
    }
    out.literal(isFirst ? first : later)
    print(cursor, out, head)
    return true
  }
}

/** Prints a variant between what is `before` it and a brace. The slot counts `words` before the variants. */
function variantPrinter(
  variants: Variants<Print | PrintMembers>,
  before: (word: string) => string,
  words: readonly string[],
  watched: Watched,
): Print {
  const slot = watched?.child('type')?.slot({ leaf: 'word', words: [...words, ...variants.keys()] })
  const byBranch: { readonly before: Uint8Array; readonly place: number; readonly print: Print | PrintMembers }[] = []
  for (const [index, { word, branch, part: print }] of [...variants.values()].entries()) {
    byBranch[branch] = { before: bytesOf(before(word)), place: words.length + index, print }
  }
  return (cursor, out, branch = cursor.count()) => {
    const variant = byBranch[branch]
    if (variant === undefined) throw UNUSUAL
    slot?.set(variant.place, 0)
    out.literal(variant.before)
    variant.print(cursor, out)
    out.literal(CLOSE_OBJECT)
  }
}

function externalPrinter(
  variants: Variants<Print>,
  { words }: ExternalForm,
  watched: Watched,
  wordsBranch: number,
): Print {
  const slot = watched?.child('type')?.slot({ leaf: 'word', words: [...words, ...variants.keys()] })
  const printWord = watchingHalves(wordsPrinter(words), slot)
  const printVariant = variantPrinter(variants, (word) => `{"${word}":`, words, watched)
  return (cursor, out, branch = cursor.count()) => {
    if (branch === wordsBranch) printWord(cursor, out)
    else printVariant(cursor, out, branch)
  }
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
