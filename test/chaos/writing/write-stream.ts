import type { Position } from '../../../base/position.ts'
import { Random } from '../../../producers/fleet/random.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { eventStream, type StreamSpec } from './event-stream.ts'
import { positionName, readJournal, Journal } from './journal.ts'
import type { Pace } from './pace.ts'

/** What takes events: a producer, or a client over HTTP. */
export interface Appender {
  /** Resolves when the event is acknowledged, with its position, or null where that is not told. */
  append(event: ExperienceEventEnvelope): Promise<Position | null>
}

export interface WriteOptions {
  readonly spec: StreamSpec
  /** Where acknowledgements are noted. What it holds already is not sent again. */
  readonly journal: string
  readonly pace: Pace
}

const CHUNK_EVENTS = 100
const CHUNKS_UNDER_WAY = 4
/** Of the chunks, so many are sent a second time, as by a producer that missed the answer. */
const SENT_TWICE = 0.02
const FIRST_BACK_OFF_MS = 100
const LONGEST_BACK_OFF_MS = 2000

/** Appends a stream's events until every one is acknowledged, however often it takes. */
export async function writeStream(appender: Appender, { spec, journal, pace }: WriteOptions): Promise<void> {
  const done = new Set(readJournal(journal).map(({ index }) => index))
  const writer = new ChunkWriter(appender, new Journal(journal))
  const random = new Random(spec.seed)
  const underWay = new Set<Promise<void>>()
  for (const chunk of chunksToSend(spec, done)) {
    await pace.turn(chunk.length)
    const times = random.chance(SENT_TWICE) ? 2 : 1
    for (let time = 0; time < times; time++) {
      const writing: Promise<void> = writer.write(chunk).finally(() => underWay.delete(writing))
      underWay.add(writing)
    }
    while (underWay.size >= CHUNKS_UNDER_WAY) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  writer.close()
}

interface Numbered {
  readonly index: number
  readonly event: ExperienceEventEnvelope
}

class ChunkWriter {
  readonly #appender: Appender
  readonly #journal: Journal

  constructor(appender: Appender, journal: Journal) {
    this.#appender = appender
    this.#journal = journal
  }

  async write(chunk: readonly Numbered[]): Promise<void> {
    let left = chunk
    for (let backOff = FIRST_BACK_OFF_MS; ; backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MS)) {
      const answers = await Promise.allSettled(left.map(({ event }) => this.#appender.append(event)))
      const refused: Numbered[] = []
      const acknowledged = []
      for (const [at, answer] of answers.entries()) {
        const numbered = left[at] as Numbered
        if (answer.status === 'fulfilled') {
          const position = answer.value === null ? null : positionName(answer.value)
          acknowledged.push({ index: numbered.index, position })
        } else {
          const reason: unknown = answer.reason
          // An invalid event would never be taken: that is a fault of this suite.
          if (!(reason instanceof ExperienceError) || reason.code === 'InvalidQuery') throw reason
          refused.push(numbered)
        }
      }
      this.#journal.write(acknowledged)
      if (refused.length === 0) return
      left = refused
      await new Promise((resolve) => setTimeout(resolve, backOff))
    }
  }

  close(): void {
    this.#journal.close()
  }
}

function* chunksToSend(spec: StreamSpec, done: ReadonlySet<number>): Generator<Numbered[]> {
  let chunk: Numbered[] = []
  let index = 0
  for (const event of eventStream(spec)) {
    if (!done.has(index)) chunk.push({ index, event })
    index++
    if (chunk.length < CHUNK_EVENTS) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
