import type { FastifyReply, FastifyRequest } from 'fastify'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import { StreamAppender } from '../../ingest/stream-appender.ts'
import type { Caller } from '../access/caller.ts'
import { httpErrorOf, type HttpError } from '../http-error.ts'
import type { IngestParts } from '../http-parts.ts'
import { eventFormOf } from './event-form.ts'
import { sendOutcome, type IngestOutcome } from './ingest-answer.ts'
import { RefusedEvents } from './refused-events.ts'
import { listedEvents } from './listed-events.ts'
import { requestEnd } from './request-end.ts'
import { takeAtomic } from './take-atomic.ts'
import type { EventRequest } from './event-request.ts'
import { takeEvents } from './take-events.ts'

/** Ranges of positions that an answer tells of a partition. */
const MOST_RANGES = 1000

/** Takes the events of requests into the log. */
export class EventIntake {
  readonly #parts: IngestParts
  readonly #decoders: EnvelopeDecoders

  constructor(parts: IngestParts) {
    this.#parts = parts
    this.#decoders = new EnvelopeDecoders(parts.log.registry)
  }

  /** Appends what a request brings, and answers when the log has it. Errors, before any is taken: 413, 415, 429, 503. */
  async handle(isAtomic: boolean, caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const form = eventFormOf(request)
    const pass = this.#parts.gate.enter(caller)
    const ending = requestEnd(reply, this.#parts.stopping)
    try {
      const { maxBytes } = this.#parts.gate.limits
      const checkStillIn = (): void => this.#parts.access.checkStillIn(caller)
      const asked = { request, form, pass, maxBytes, decoders: this.#decoders, checkStillIn, ended: ending.signal }
      const outcome = isAtomic ? await this.#takeAtomic(asked, caller) : await this.#take(asked, caller)
      sendOutcome(outcome, request, reply)
    } finally {
      ending.release()
      pass.leave()
    }
  }

  async #take(asked: EventRequest, { tenant }: Caller): Promise<IngestOutcome> {
    const refused = new RefusedEvents()
    const appender = new StreamAppender(this.#parts.producer, {
      tenant,
      windowBytes: () => this.#parts.gate.windowBytes,
      mostRanges: MOST_RANGES,
      refused: (place, error) => {
        refused.add(place, error)
        this.#parts.metrics.refused(error.code)
      },
    })
    let failure: HttpError | null = null
    try {
      await takeEvents(asked, appender)
    } catch (error) {
      failure = httpErrorOf(error)
    }
    await appender.settled()
    if (appender.fault !== null) failure = httpErrorOf(appender.fault)
    const { accepted, appended } = appender
    return { accepted, refused, appended, failure }
  }

  async #takeAtomic(asked: EventRequest, { tenant }: Caller): Promise<IngestOutcome> {
    const { events, lines } = await listedEvents(asked, this.#parts.settings.HTTP_ATOMIC_EVENTS)
    const outcome = await takeAtomic(this.#parts.producer, { events, lines, tenant })
    for (const { code } of outcome.refused.told) this.#parts.metrics.refused(code)
    return outcome
  }
}
