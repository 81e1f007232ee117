import { ExperienceEventEnvelope, IDENTIFIER, MAX_ID_BYTES, MAX_TIMESTAMP_BYTES } from '../../contract/envelope.ts'
import type { EventKind } from '../../contract/event-kind.ts'
import { ExperienceEvent } from '../../contract/experience-event.ts'
import { JsonBytes } from '../../json/json-bytes.ts'
import { structFormOf, wireFormOf, type TaggedForm } from '../../wire-form.ts'
import { AvroCursor, UNUSUAL } from './avro-cursor.ts'
import { compilePrinter } from './compile-printer.ts'
import type { Leaf, PrintedSlots } from './printed-slots.ts'

const envelopeForm = structFormOf(ExperienceEventEnvelope)
/** In the order of their branches in the union, which is the contract's. */
export const printedKinds = [...(wireFormOf(ExperienceEvent) as TaggedForm).variants.keys()] as readonly EventKind[]

/** The slots that every envelope has. Behind them come the payloads of the kinds, then the paths that were asked for. */
const heads = ['event_id', 'occurred_at', 'tenant_id', 'correlation_id', 'event.type'] as const
export const [EVENT_ID, OCCURRED_AT, TENANT_ID, CORRELATION_ID, KIND] = [0, 1, 2, 3, 4] as const
const FIRST_PAYLOAD = heads.length
const FIRST_PATH = FIRST_PAYLOAD + printedKinds.length

/**
 * Goes through Avro bodies of envelopes, written with this release's schema, without making values of them: prints the canonical
 * JSON text, and notes what was asked for. One envelope at a time: the next `read` writes over what the last one gave.
 */
export class EnvelopePrinter {
  /** The envelope's JSON text. */
  readonly json = new JsonBytes()
  readonly slots: PrintedSlots
  readonly #cursor = new AvroCursor()
  readonly #print: (cursor: AvroCursor, out: JsonBytes) => void
  readonly #leaves: readonly Leaf[]
  readonly #paths: readonly string[]

  /** `paths` lead through an event: its kind, then the way through `event.data` that `compilePrinter` takes. */
  constructor(paths: readonly string[]) {
    const { print, slots, leaves } = compilePrinter(envelopeForm, [
      ...heads,
      ...printedKinds.map((kind) => `event.${kind}`),
      ...paths.map((path) => `event.${path}`),
    ])
    this.slots = slots
    this.#paths = paths
    this.#print = print
    this.#leaves = leaves
  }

  /** The slot of one of the paths. */
  slotOfPath(path: string): number {
    return FIRST_PATH + this.#paths.indexOf(path)
  }

  leafOf(slot: number): Leaf {
    return this.#leaves[slot]!
  }

  /** What the envelope was read from: slots of texts point into it. */
  get source(): Buffer {
    return this.#cursor.bytes
  }

  get kind(): EventKind {
    return printedKinds[this.kindNumber]!
  }

  /** The place of the kind in the contract's list. */
  get kindNumber(): number {
    return this.slots.first[KIND]!
  }

  /** Where the text of `event.data` begins and ends in `json`. */
  get payload(): readonly [start: number, end: number] {
    const slot = FIRST_PAYLOAD + this.kindNumber
    return [this.slots.first[slot]!, this.slots.second[slot]!]
  }

  /** A text of the envelope, by its slot; null where there is none. */
  text(slot: number): string | null {
    const { present, first, second } = this.slots
    if (present[slot] === 0) return null
    return this.source.toString('utf8', first[slot], second[slot])
  }

  /**
   * Reads the body that begins at `at` and ends with the bytes, and checks it as `validateEnvelope` does. Throws `UNUSUAL` for what
   * it leaves to `envelopeDecoder`: among it everything that is at fault.
   */
  read(bytes: Uint8Array, at: number): void {
    this.#cursor.reset(bytes, at)
    this.json.clear()
    this.#print(this.#cursor, this.json)
    if (!this.#cursor.isAtEnd) throw UNUSUAL
    const { first, second, present } = this.slots
    const timestampBytes = second[OCCURRED_AT]! - first[OCCURRED_AT]!
    if (timestampBytes === 0 || timestampBytes > MAX_TIMESTAMP_BYTES) throw UNUSUAL
    this.#checkIdentifier(EVENT_ID)
    if (present[TENANT_ID] === 1) this.#checkIdentifier(TENANT_ID)
    if (present[CORRELATION_ID] === 1) this.#checkIdentifier(CORRELATION_ID)
  }

  #checkIdentifier(slot: number): void {
    const { source } = this
    const start = this.slots.first[slot]!
    const end = this.slots.second[slot]!
    if (end === start || end - start > MAX_ID_BYTES) throw UNUSUAL
    for (let i = start; i < end; i++) if (isOfIdentifier[source[i]!] !== 1) throw UNUSUAL
  }
}

/** 1 for each byte that an identifier may hold. */
const isOfIdentifier = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 128 && IDENTIFIER.test(String.fromCharCode(byte)) ? 1 : 0,
)
