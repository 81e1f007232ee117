import { parseEnvelope } from '../../schemas/contract/envelope.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import type { Answer } from './ask.ts'
import { outcome } from '../integration/test-events.ts'

/** Events of one tenant by their numbers: `from` up to and not including `to`. */
export interface Numbers {
  readonly from: number
  readonly to: number
}

/** What was answered to an event. `unknown`: it may be stored, or not. */
type Fate = 'unknown' | 'accepted' | 'refused'

/** Of many faults alike, so many are told. */
const MOST_TOLD = 5
const PREFIX = '{"event_id":"'

/** The events that are sent for one tenant: each different, each known by its number, with what was answered to it. */
export class TenantEvents {
  readonly #prefix: string
  readonly #suffix: string
  readonly #fates: Fate[] = []
  /** Ranges of which so many are stored, though it was not told which. */
  readonly #partly: (Numbers & { readonly accepted: number })[] = []

  /** `sender`: tells apart events of one tenant that are counted by themselves. */
  constructor(tenant: string, sender: string) {
    const id = `${tenant}.${sender}.`
    this.#prefix = `${PREFIX}${id}`
    const json = envelopeToJson(parseEnvelope(outcome({ event_id: id, tenant_id: tenant }, { latency_ms: 120 })))
    if (!json.startsWith(`${this.#prefix}"`)) throw new Error('an envelope begins with its id')
    this.#suffix = json.slice(this.#prefix.length)
  }

  /** Takes the next numbers. */
  take(count: number): Numbers {
    const from = this.#fates.length
    for (let each = 0; each < count; each++) this.#fates.push('unknown')
    return { from, to: from + count }
  }

  /** An event as JSON, as it has to be answered, too. */
  textOf(number: number): string {
    return `${this.#prefix}${number}${this.#suffix}`
  }

  texts({ from, to }: Numbers): string[] {
    return Array.from({ length: to - from }, (_, place) => this.textOf(from + place))
  }

  /** All of these were accepted, or refused. */
  settle({ from, to }: Numbers, fate: 'accepted' | 'refused'): void {
    for (let number = from; number < to; number++) this.#fates[number] = fate
  }

  /** So many of these were accepted at least; it is not known which. */
  settlePartly(numbers: Numbers, accepted: number): void {
    this.#partly.push({ ...numbers, accepted })
  }

  get accepted(): number {
    const partly = this.#partly.reduce((sum, { accepted }) => sum + accepted, 0)
    return partly + this.#fates.filter((fate) => fate === 'accepted').length
  }

  /** The number of the event that a line holds, byte for byte; null where it holds none that was sent. */
  numberOf(line: string): number | null {
    if (!line.startsWith(this.#prefix)) return null
    const number = Number(line.slice(this.#prefix.length, line.indexOf('"', this.#prefix.length)))
    return number < this.#fates.length && line === this.textOf(number) ? number : null
  }

  /** How many of the accepted events are not among those that were found so often. */
  lacking(found: readonly number[]): number {
    let lacking = 0
    for (const [number, fate] of this.#fates.entries()) if (fate === 'accepted' && !found[number]) lacking++
    for (const numbers of this.#partly) lacking += Math.max(0, numbers.accepted - timesOf(found, numbers))
    return lacking
  }

  /** What is wrong with events that were found so often: each that was accepted has to be there once, none twice, and none that was refused. */
  faults(found: readonly number[]): string[] {
    const faults: string[] = []
    for (const [number, fate] of this.#fates.entries()) {
      const times = found[number] ?? 0
      const isRight = fate === 'accepted' ? times === 1 : fate === 'refused' ? times === 0 : times <= 1
      if (!isRight) faults.push(`${this.#prefix.slice(PREFIX.length)}${number}, ${fate}, is there ${times} times`)
    }
    for (const numbers of this.#partly) {
      const { from, to, accepted } = numbers
      const times = timesOf(found, numbers)
      if (times < accepted) faults.push(`${accepted} of ${to - from} events were accepted, and ${times} are there`)
    }
    const more = faults.length > MOST_TOLD ? [`… and ${faults.length - MOST_TOLD} more`] : []
    return [...faults.slice(0, MOST_TOLD), ...more]
  }
}

/** How often events of a range were found in all. */
function timesOf(found: readonly number[], { from, to }: Numbers): number {
  return found.slice(from, to).reduce((sum, each) => sum + (each ?? 0), 0)
}

/** Notes what an answer says of events; answers with how many were accepted. */
export function settleAnswer(events: TenantEvents, numbers: Numbers, { status, body }: Answer): number {
  const { accepted } = JSON.parse(body) as { readonly accepted?: number }
  if (accepted === undefined) events.settle(numbers, 'refused')
  else if (status === 200 && accepted === numbers.to - numbers.from) events.settle(numbers, 'accepted')
  else events.settlePartly(numbers, accepted)
  return accepted ?? 0
}
