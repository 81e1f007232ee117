import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, isExcess, type Answer, type Asker } from './ask.ts'
import type { LoadTenant, TellFault } from './load-tenant.ts'
import type { PhaseFigures } from './phase-figures.ts'
import { settleAnswer, type Numbers } from './tenant-events.ts'

/** Lines that are written together, at most. */
const MOST_LINES = 200
/** How often it is looked what is due, ms. */
const TURN_MS = 20

/** A client that brings events of one tenant as lines, over a connection of its own, no faster than they are read. */
export class LineStream {
  readonly #asker: Asker
  readonly #tenant: LoadTenant
  readonly #fault: TellFault

  constructor(asker: Asker, tenant: LoadTenant, fault: TellFault) {
    this.#asker = asker
    this.#tenant = tenant
    this.#fault = fault
  }

  /**
   * Brings so many events a second until then, of `performance.now()`; `Infinity` for as many as are read. What cannot be sent when it is
   * due is left out.
   */
  async run(figures: PhaseFigures, perSecond: number, until: number): Promise<void> {
    while (performance.now() < until) {
      try {
        const answer = await this.#request(figures, new DueLines(perSecond), until)
        if (answer.status !== 200 && !isExcess(answer)) this.#tell(`${answer.status} ${answer.body.slice(0, 300)}`)
        await sleep(1000 * (answer.retryAfterS ?? 0))
      } catch (error) {
        this.#tell(String(error))
        await sleep(1000)
      }
    }
  }

  /** One request, which ends when it is time, or when it is answered before. */
  async #request(figures: PhaseFigures, due: DueLines, until: number): Promise<Answer> {
    const { key, streamed } = this.#tenant
    const headers = { 'content-type': 'application/x-ndjson' }
    const sending = this.#asker.open({ method: 'POST', path: '/v1/events', key, headers })
    const answered = (once(sending, 'response') as Promise<[IncomingMessage]>).then(([response]) => answerOf(response))
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, until - performance.now())
    answered.then(end, end)
    const numbers = await this.#send(sending, figures, due, ending.signal, until)
    clearTimeout(timer)
    const endedAt = performance.now()
    sending.end()
    const answer = await answered
    figures.accepted += settleAnswer(streamed, numbers, answer)
    figures.answered('stream', answer.status, endedAt)
    return answer
  }

  /** Sends lines until then, or the signal aborts; answers with which. */
  async #send(
    sending: ClientRequest,
    figures: PhaseFigures,
    due: DueLines,
    signal: AbortSignal,
    until: number,
  ): Promise<Numbers> {
    const { streamed } = this.#tenant
    const { from } = streamed.take(0)
    let to = from
    // The next phase's stream takes the next numbers: the timer alone may be late.
    while (!signal.aborted && performance.now() < until) {
      const count = due.take(MOST_LINES)
      if (count === 0) {
        await sleep(TURN_MS)
        continue
      }
      figures.offered += count
      const numbers = streamed.take(count)
      to = numbers.to
      const isRoomLeft = sending.write(`${streamed.texts(numbers).join('\n')}\n`)
      if (isRoomLeft) continue
      await once(sending, 'drain', { signal }).catch(() => undefined)
      const missed = due.leaveOut()
      figures.offered += missed
      figures.heldBack += missed
    }
    return { from, to }
  }

  #tell(fault: string): void {
    this.#fault(`a stream of ${this.#tenant.name}: ${fault}`)
  }
}

/** How many lines are due. */
class DueLines {
  readonly #perSecond: number
  readonly #began = performance.now()
  #taken = 0

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes those that are due, `most` at most. */
  take(most: number): number {
    const count = Math.min(most, this.#due())
    this.#taken += count
    return count
  }

  /** Takes all that are due but for a turn's, which are not sent; where as many are due as are read, there are none. */
  leaveOut(): number {
    if (this.#perSecond === Infinity) return 0
    const count = Math.max(0, this.#due() - Math.ceil((this.#perSecond * TURN_MS) / 1000))
    this.#taken += count
    return count
  }

  #due(): number {
    return Math.floor(((performance.now() - this.#began) / 1000) * this.#perSecond) - this.#taken
  }
}
