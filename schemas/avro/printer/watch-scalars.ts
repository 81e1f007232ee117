import { f32Text, f64Text } from '../../json/float-text.ts'
import type { ScalarTable } from '../../fold-wire-form.ts'
import { bytesOf, printHash, printJson, printString, printU32, printU64, type Print } from './print-scalars.ts'
import type { PrintedSlot } from './printed-slots.ts'
import type { WatchedPlace } from './watch-tree.ts'

type Watched = WatchedPlace | undefined

/** What prints the scalars, and notes them where they are watched. */
export const scalarPrinters: ScalarTable<Print, Watched> = {
  string: (watched) => watchingText(printString, watched),
  hash: (watched) => watchingText(printHash, watched),
  json: () => printJson,
  boolean: booleanPrinter,
  u32: (watched) => watchingHalves(printU32, watched?.slot({ leaf: 'u32' })),
  u64: (watched) => watchingHalves(printU64, watched?.slot({ leaf: 'u64' })),
  f32: (watched) => floatPrinter((value) => f32Text(Math.fround(value)), Math.fround, watched?.slot({ leaf: 'f32' })),
  f64: (watched) => floatPrinter(f64Text, (value) => value, watched?.slot({ leaf: 'f64' })),
}

function watchingText(print: Print, watched: Watched): Print {
  const slot = watched?.slot({ leaf: 'text' })
  if (slot === undefined) return print
  return (cursor, out) => {
    print(cursor, out)
    slot.set(cursor.start, cursor.end)
  }
}

/** Notes the halves of the last `long` read: the integer that was printed, or the place of a word. */
export function watchingHalves(print: Print, slot: PrintedSlot | undefined): Print {
  if (slot === undefined) return print
  return (cursor, out) => {
    print(cursor, out)
    slot.set(cursor.low, cursor.high)
  }
}

const TRUE = bytesOf('true')
const FALSE = bytesOf('false')

function booleanPrinter(watched: Watched): Print {
  const slot = watched?.slot({ leaf: 'boolean' })
  const falses = watched?.child('falses')?.slot({ leaf: 'count' })
  return (cursor, out) => {
    const value = cursor.boolean()
    out.literal(value ? TRUE : FALSE)
    slot?.set(value ? 1 : 0, 0)
    if (!value) falses?.increment()
  }
}

function floatPrinter(
  textOf: (value: number) => string,
  widthOf: (value: number) => number,
  slot: PrintedSlot | undefined,
): Print {
  return (cursor, out) => {
    const value = cursor.double()
    out.ascii(textOf(value))
    slot?.setNumber(widthOf(value))
  }
}
