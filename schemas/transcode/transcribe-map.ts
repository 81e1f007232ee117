import { CLOSE_BRACE, COLON, COMMA, OPEN_BRACE } from '../../base/characters.ts'
import { giveUp, type Transcriber, type Transcription } from './transcription.ts'

/** A JSON object to an Avro `map`, sorted by its keys' bytes. Gives up where a key comes twice. */
export function transcribeMap(at: Transcription, key: Transcriber, value: Transcriber): void {
  at.open(OPEN_BRACE)
  const start = at.to
  if (at.peek() !== CLOSE_BRACE) {
    at.to++
    const entries: Entry[] = []
    for (;;) {
      const begin = at.to
      at.peek()
      key(at)
      const keyEnd = at.to
      at.expect(COLON)
      value(at)
      entries.push({ begin, keyEnd, end: at.to })
      const next = at.peek()
      if (next === CLOSE_BRACE) break
      if (next !== COMMA) giveUp()
      at.from++
    }
    if (!at.fits) giveUp()
    if (entries.length > 1) sort(at, entries)
    at.prefix(start, entries.length)
  }
  at.close()
  at.long(0)
}

/** Where an entry was written. */
interface Entry {
  readonly begin: number
  readonly keyEnd: number
  readonly end: number
}

function sort({ output }: Transcription, entries: readonly Entry[]): void {
  const compare = (left: Entry, right: Entry): number =>
    output.compare(output, textOf(output, right), right.keyEnd, textOf(output, left), left.keyEnd)
  const sorted = entries.toSorted(compare)
  for (let place = 1; place < sorted.length; place++) if (compare(sorted[place - 1]!, sorted[place]!) === 0) giveUp()
  const bytes = Buffer.concat(sorted.map(({ begin, end }) => output.subarray(begin, end)))
  bytes.copy(output, entries[0]!.begin)
}

/** Where the key's text begins, after its length. */
function textOf(output: Uint8Array, { begin }: Entry): number {
  let at = begin
  while (output[at]! >= 0x80) at++
  return at + 1
}
