import type { AnsweredCode } from '../../../base/answered-codes.ts'
import type { ExperienceError } from '../../../base/experience-error.ts'
import { ForeignTenant } from '../../../producers/of-tenant.ts'
import type { EventPlace } from '../../ingest/stream-appender.ts'
import { HttpError, httpErrorOf } from '../http-error.ts'

/** Refused events of which an answer tells why. */
const MOST_TOLD = 1000

/** Why an event was not appended. */
export interface RefusedEvent {
  readonly index: number
  /** Left out where events do not stand on lines. */
  readonly line: number | undefined
  readonly code: AnsweredCode
  readonly field: string | null
  readonly message: string
}

/** Notes which events of a request were refused, and why. */
export class RefusedEvents {
  readonly #told: RefusedEvent[] = []
  #count = 0
  #leftOut = 0
  #foreign = 0
  #faulty = 0

  /** How many were refused. */
  get count(): number {
    return this.#count
  }

  /** How many of them are at fault and not told of. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** Those that are told of, in the order in which they were sent. */
  get told(): readonly RefusedEvent[] {
    return this.#told.toSorted((one, other) => one.index - other.index)
  }

  add({ index, line }: EventPlace, error: ExperienceError): void {
    this.#count++
    const isForeign = error instanceof ForeignTenant
    if (isForeign) this.#foreign++
    else if (error.code === 'InvalidQuery') this.#faulty++
    if (this.#told.length >= MOST_TOLD) {
      this.#leftOut++
      return
    }
    const { code, field, message } = isForeign
      ? new HttpError(403, 'Forbidden', error.message, { field: error.field })
      : httpErrorOf(error)
    this.#told.push({ index, line: line ?? undefined, code, field, message })
  }

  /** Refuses the others of so many as well, because of those that are at fault. */
  refuseOthers(count: number): void {
    this.#count = count
  }

  /** The status of an answer that accepts none: because all are of another tenant, or because they are wrong. */
  get status(): 400 | 403 {
    return this.#foreign > 0 && this.#faulty === 0 ? 403 : 400
  }
}
