import type { Random } from '../conformance/random.ts'
import { isExcess, MOST_CONNECTIONS, type Answer, type Asker } from './ask.ts'
import type { LineStream } from './line-stream.ts'
import type { LoadTenant, TellFault } from './load-tenant.ts'
import type { PhaseFigures } from './phase-figures.ts'
import { settleAnswer } from './tenant-events.ts'

/** Of the events, streams bring this share, and posts the rest. */
const STREAMED = 0.5
/** Half of the posts hold one event, and half so many. */
const EVENTS_OF_A_POST = 20
const MEAN_EVENTS_OF_A_POST = (1 + EVENTS_OF_A_POST) / 2
/** To so many posts there is one question. */
const POSTS_A_QUESTION = 20
/** How often it is looked what is due, ms. */
const TURN_MS = 5
/** Clients that send without a pause, to find out how much the machine takes. */
const CLOSED_LOOP_POSTS = 24
const CLOSED_LOOP_QUESTIONS = 2
/** The key that is over its own limit sends so many posts a second, whatever the others do. */
const GREEDY_POSTS_PER_SECOND = 10
const JSON_TYPE = { 'content-type': 'application/json' }

/** One question in five waits until it sees everything that was accepted before it. */
const QUESTIONS = [
  '/v1/events?limit=20&descending=true&consistency=eventual',
  '/v1/summary?consistency=eventual',
  '/v1/analytics/outcomes?bucket=day&consistency=eventual',
  '/v1/events?kinds=OutcomeRecorded&limit=100&consistency=eventual',
  '/v1/events?limit=1&descending=true&consistency=latest',
]

export interface TrafficParts {
  readonly asker: Asker
  readonly tenants: readonly LoadTenant[]
  /** Whose key may append less than it sends. */
  readonly greedy: LoadTenant
  readonly streams: readonly LineStream[]
  readonly random: Random
  readonly fault: TellFault
}

/** What all clients send, and whether each answer is one that they may get. */
export class Traffic {
  readonly #parts: TrafficParts
  readonly #underWay = new Set<Promise<void>>()

  constructor(parts: TrafficParts) {
    this.#parts = parts
  }

  /** As much as is taken, by clients of which each waits for its answer. */
  async sendWithoutPause(figures: PhaseFigures, seconds: number): Promise<void> {
    const until = performance.now() + seconds * 1000
    const repeat = async (send: () => Promise<void>): Promise<void> => {
      while (performance.now() < until) await send()
    }
    await Promise.all([
      ...this.#parts.streams.map((stream) => stream.run(figures, Infinity, until)),
      ...Array.from({ length: CLOSED_LOOP_POSTS }, () => repeat(() => this.#post(figures, this.#anyTenant()))),
      ...Array.from({ length: CLOSED_LOOP_QUESTIONS }, () => repeat(() => this.#question(figures))),
    ])
    figures.end()
  }

  /** So many events a second, whatever is answered, and when. Answers may come later. */
  async offer(figures: PhaseFigures, eventsPerSecond: number, seconds: number): Promise<void> {
    const { streams, greedy } = this.#parts
    const postsPerSecond = (eventsPerSecond * (1 - STREAMED)) / MEAN_EVENTS_OF_A_POST
    const began = performance.now()
    const until = began + seconds * 1000
    for (const stream of streams) this.#track(stream.run(figures, (eventsPerSecond * STREAMED) / streams.length, until))
    let posts = 0
    let greedyPosts = 0
    for (let now = began; now < until; now = performance.now()) {
      const passed = (now - began) / 1000
      for (; posts < passed * postsPerSecond; posts++) {
        const dueAt = began + (posts / postsPerSecond) * 1000
        this.#send(figures, () => this.#post(figures, this.#anyTenant(), dueAt))
        if (posts % POSTS_A_QUESTION === 0) this.#send(figures, () => this.#question(figures, dueAt))
      }
      for (; greedyPosts < passed * GREEDY_POSTS_PER_SECOND; greedyPosts++) {
        this.#send(figures, () => this.#postOf(greedy, EVENTS_OF_A_POST).then(() => undefined))
      }
      await new Promise((resolve) => setTimeout(resolve, TURN_MS))
    }
    figures.end()
  }

  /** Resolves when everything is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  /** How often the key over its limit was told so. */
  greedyRefusals = 0

  #send(figures: PhaseFigures, send: () => Promise<void>): void {
    if (this.#underWay.size >= MOST_CONNECTIONS) {
      figures.notSent++
      return
    }
    this.#track(send())
  }

  #track(sending: Promise<void>): void {
    const tracked: Promise<void> = sending.finally(() => this.#underWay.delete(tracked))
    this.#underWay.add(tracked)
  }

  #anyTenant(): LoadTenant {
    return this.#parts.random.pick(this.#parts.tenants)
  }

  async #post(figures: PhaseFigures, tenant: LoadTenant, dueAt = performance.now()): Promise<void> {
    const count = this.#parts.random.oneIn(2) ? 1 : EVENTS_OF_A_POST
    figures.offered += count
    const status = await this.#postOf(tenant, count)
    if (status === null) return
    if (status === 200) figures.accepted += count
    figures.answered('post', status, dueAt)
  }

  /** Answers with the status; null where there was none. */
  async #postOf({ key, name, posted }: LoadTenant, count: number): Promise<number | null> {
    const numbers = posted.take(count)
    const texts = posted.texts(numbers)
    const body = count === 1 ? texts[0]! : `[${texts.join(',')}]`
    const answer = await this.#ask(`a post of ${name}`, {
      method: 'POST',
      path: '/v1/events',
      key,
      headers: JSON_TYPE,
      body,
    })
    if (answer === null) return null
    settleAnswer(posted, numbers, answer)
    if (answer.status === 429 && name === this.#parts.greedy.name) this.greedyRefusals++
    return answer.status
  }

  async #question(figures: PhaseFigures, dueAt = performance.now()): Promise<void> {
    const path = this.#parts.random.pick(QUESTIONS)
    const { key, name } = this.#anyTenant()
    const answer = await this.#ask(`a question of ${name}`, { method: 'GET', path, key })
    if (answer !== null) figures.answered('question', answer.status, dueAt)
  }

  /** Null where the connection broke. Whatever is neither a good answer nor one that says that there is too much is a fault. */
  async #ask(who: string, asked: Parameters<Asker['ask']>[0]): Promise<Answer | null> {
    const { asker, fault } = this.#parts
    try {
      const answer = await asker.ask(asked)
      if (answer.status !== 200 && !isExcess(answer)) fault(`${who}: ${answer.status} ${answer.body.slice(0, 300)}`)
      return answer
    } catch (error) {
      fault(`${who}: ${String(error)}`)
      return null
    }
  }
}
