import { optionalText } from '../schemas/avro/codec/optional-text.ts'
import { UNUSUAL } from '../schemas/avro/printer/avro-cursor.ts'
import {
  CORRELATION_ID,
  EVENT_ID,
  EnvelopePrinter,
  OCCURRED_AT,
  printedKinds,
  TENANT_ID,
} from '../schemas/avro/printer/envelope-printer.ts'
import { FRAME_BYTES } from '../schemas/avro/wire-format.ts'
import { allocateRecord } from '../schemas/allocate-record.ts'
import { ExperienceEvent } from '../schemas/contract/experience-event.ts'
import { wireFormOf, type TaggedForm } from '../schemas/wire-form.ts'

/** What a record says of its event, beside the event itself. */
export interface RecordHead {
  readonly tenant_id: string | null
  readonly key: string
  readonly kind: string
  readonly event_id: string
}

/** A record whose event fits the contract. */
export interface CheckedRecord extends RecordHead {
  /** A copy: what came may be part of something large. */
  readonly bytes: Buffer
}

/** Checks framed records of this release's schema without making objects of them. */
export class RecordCheck {
  // Made for the first record: most producers never take one.
  #checker: { readonly printer: EnvelopePrinter; readonly chainSlots: readonly (number | null)[] } | null = null

  /**
   * The record, if its event fits the contract; with the `tenant`, where the event names none. Null for what is left to the decoder:
   * everything at fault, and rare forms.
   */
  check(framed: Uint8Array, tenant: string | null): CheckedRecord | null {
    this.#checker ??= newChecker()
    const { printer, chainSlots } = this.#checker
    try {
      printer.read(framed, FRAME_BYTES)
    } catch (thrown) {
      if (thrown === UNUSUAL) return null
      throw thrown
    }
    const event_id = printer.text(EVENT_ID)!
    const chainSlot = chainSlots[printer.kindNumber]!
    const key = printer.text(CORRELATION_ID) ?? (chainSlot === null ? null : printer.text(chainSlot)) ?? event_id
    const { kind } = printer
    const tenant_id = printer.text(TENANT_ID)
    if (tenant_id !== null || tenant === null) return { tenant_id, key, kind, event_id, bytes: copyOf(framed) }
    const place = printer.slots.second[OCCURRED_AT]!
    // The branch of no tenant, which may be spelt longer than it need be.
    if (framed[place] !== 0) return null
    return { tenant_id: tenant, key, kind, event_id, bytes: withTenant(framed, place, optionalText(tenant)) }
  }
}

function newChecker() {
  const { variants } = wireFormOf(ExperienceEvent) as TaggedForm
  const withChain = printedKinds.filter((kind) => variants.get(kind)!.fields.some(({ name }) => name === 'chain_id'))
  const printer = new EnvelopePrinter(withChain.map((kind) => `${kind}.chain_id`))
  const chainSlots = printedKinds.map((kind) =>
    withChain.includes(kind) ? printer.slotOfPath(`${kind}.chain_id`) : null,
  )
  return { printer, chainSlots }
}

function copyOf(framed: Uint8Array): Buffer {
  const bytes = allocateRecord(framed.length)
  bytes.set(framed)
  return bytes
}

function withTenant(framed: Uint8Array, place: number, tenant: Uint8Array): Buffer {
  const bytes = allocateRecord(framed.length + tenant.length - 1)
  bytes.set(framed.subarray(0, place))
  bytes.set(tenant, place)
  bytes.set(framed.subarray(place + 1), place + tenant.length)
  return bytes
}
