import { EnvelopePrinter, printedKinds } from '../../schemas/avro/printer/envelope-printer.ts'
import { isTransitionAllowed } from '../../schemas/artifact-transitions.ts'
import type { ArtifactState } from '../../schemas/contract/artifact.ts'
import { f32Text } from '../../schemas/json/float-text.ts'
import type { Constant, DetailSource, EventDetails } from './detail-source.ts'

/** Takes the values of one column. A row that is not told of does not have the column. */
export interface DetailSink {
  /** UTF-8 bytes from `start` to `end`. */
  text(row: number, source: Uint8Array, start: number, end: number): void
  /** Gives how a word is taken, of a list of all that may come, by its place in that list. */
  words(words: readonly string[]): (row: number, place: number) => void
  boolean(row: number, value: boolean): void
  /** An unsigned 32-bit integer; from 2³¹ on it may come as the negative number of the same bits. */
  integer32(row: number, value: number): void
  /** An unsigned 64-bit integer by its halves. */
  integer64(row: number, low: number, high: number): void
  float(row: number, value: number): void
}

/** Gives a value to a sink, if the event that was read last has one; answers whether. */
type Give = (row: number) => boolean

/** Reads events from their Avro bytes, and gives the columns of their details to sinks. */
export class DetailReader {
  readonly printer: EnvelopePrinter
  /** By the number of the kind. */
  readonly #details: readonly (readonly Give[])[]

  /** `sinkOf` gives the sink of a column, or null where nobody wants it. Throws a `TypeError` for a path that events do not have. */
  constructor(details: EventDetails, sinkOf: (column: string) => DetailSink | null) {
    const wanted = printedKinds.map((kind) => ({
      kind,
      columns: Object.entries(details[kind]).flatMap(([column, source]) => {
        const sink = sinkOf(column)
        return sink === null ? [] : [{ source, sink }]
      }),
    }))
    const paths = wanted.flatMap(({ kind, columns }) =>
      columns.flatMap(({ source }) => pathsOf(source).map((path) => `${kind}.${path}`)),
    )
    const printer = new EnvelopePrinter([...new Set(paths)])
    this.printer = printer
    this.#details = wanted.map(({ kind, columns }) => {
      const slotOf = (path: string): number => printer.slotOfPath(`${kind}.${path}`)
      return columns.map(({ source, sink }) => giverOf(printer, source, slotOf, sink))
    })
  }

  /** Gives the details of the event that `printer` read last. */
  give(row: number): void {
    const details = this.#details[this.printer.kindNumber]!
    for (let i = 0; i < details.length; i++) details[i]!(row)
  }
}

function pathsOf(source: DetailSource): string[] {
  if ('transition' in source) {
    const { from, to } = source.transition
    return typeof to === 'string' ? [from, to] : [from]
  }
  const { paths, otherwise } = source
  return otherwise?.where === undefined ? [...paths] : [...paths, otherwise.where]
}

function giverOf(
  printer: EnvelopePrinter,
  source: DetailSource,
  slotOf: (path: string) => number,
  sink: DetailSink,
): Give {
  if ('transition' in source) {
    const from = wordReader(printer, slotOf(source.transition.from))
    const { to } = source.transition
    const toWord = typeof to === 'string' ? wordReader(printer, slotOf(to)) : () => to.word
    return (row) => {
      sink.boolean(row, isTransitionAllowed(from() as ArtifactState, toWord() as ArtifactState))
      return true
    }
  }
  const givers = source.paths.map((path) => valueGiver(printer, slotOf(path), sink))
  if (source.otherwise !== undefined) givers.push(constantGiver(printer, source.otherwise, slotOf, sink))
  const [only, ...others] = givers
  return only !== undefined && others.length === 0 ? only : (row) => givers.some((give) => give(row))
}

function constantGiver(
  { slots }: EnvelopePrinter,
  { word, where }: Constant,
  slotOf: (path: string) => number,
  sink: DetailSink,
): Give {
  const slot = where === undefined ? null : slotOf(where)
  const take = sink.words([word])
  return (row) => {
    if (slot !== null && slots.present[slot] === 0) return false
    take(row, 0)
    return true
  }
}

function wordReader(printer: EnvelopePrinter, slot: number): () => string {
  const leaf = printer.leafOf(slot)
  if (leaf.leaf !== 'word') throw new TypeError(`a word is needed, not a ${leaf.leaf}`)
  return () => leaf.words[printer.slots.first[slot]!]!
}

function valueGiver(printer: EnvelopePrinter, slot: number, sink: DetailSink): Give {
  const { present, first, second, number } = printer.slots
  const leaf = printer.leafOf(slot)
  const whenPresent =
    (give: (row: number) => void): Give =>
    (row) => {
      if (present[slot] === 0) return false
      give(row)
      return true
    }
  switch (leaf.leaf) {
    case 'text':
      return whenPresent((row) => sink.text(row, printer.source, first[slot]!, second[slot]!))
    case 'word': {
      const take = sink.words(leaf.words)
      return whenPresent((row) => take(row, first[slot]!))
    }
    case 'boolean':
      return whenPresent((row) => sink.boolean(row, first[slot] === 1))
    case 'u32':
    case 'count':
      return whenPresent((row) => sink.integer32(row, first[slot]!))
    case 'u64':
      return whenPresent((row) => sink.integer64(row, first[slot]!, second[slot]!))
    case 'f32':
      return whenPresent((row) => giveFinite(sink, row, printedFloat32(number[slot]!)))
    case 'f64':
      return whenPresent((row) => giveFinite(sink, row, number[slot]!))
    case 'struct':
      throw new TypeError('a struct is no value of a column')
  }
}

/** NaN and the infinities are printed as `null` (docs/contract.md §3.1), and would spoil every average. */
function giveFinite(sink: DetailSink, row: number, value: number): void {
  if (Number.isFinite(value)) sink.float(row, value)
}

/** A 32-bit float as its text reads, 0.7, where widening would give 0.699999988079071: the column equals the event's JSON. */
function printedFloat32(value: number): number {
  return Number.isFinite(value) ? Number(f32Text(value)) : value
}
