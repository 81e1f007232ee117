import { randomBytes } from 'node:crypto'
import type { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { ProjectionProgress } from '../../consumers/projection-progress.ts'
import { batchProjection } from '../../consumers/batch/batch-projection.ts'
import { Projector } from '../../consumers/projector.ts'
import { verify, type Verification } from '../../operations/verify/verify.ts'
import { generation, type Generation } from '../../projections/generations/generation.ts'
import { createGeneration } from '../../projections/generations/generations.ts'
import type { Service } from '../../service/wiring/service.ts'

/** A generation beside the live one, of any release's reader. */
export class SecondReader {
  readonly generation: Generation
  readonly #service: Service
  readonly #group: string

  private constructor(service: Service, made: Generation) {
    this.generation = made
    this.#service = service
    this.#group = `${service.group}.${made.id}`
  }

  static async create(service: Service): Promise<SecondReader> {
    const made = generation(randomBytes(6).toString('hex'))
    await createGeneration(service.readModel.store, made)
    return new SecondReader(service, made)
  }

  /** Projects what the log holds beyond what this generation has. */
  async project(decoders: EnvelopeDecoders): Promise<void> {
    const { log, topics } = this.#service.log
    const { store } = this.#service.readModel
    const project = batchProjection({ log, topics, decoders, store, generation: this.generation })
    const failures: unknown[] = []
    const projector = new Projector(log, topics, project, {
      group: this.#group,
      lingerMs: 10,
      batchBytes: 8 << 20,
      discoveryMs: 100,
      onFailure: (error) => failures.push(error),
    })
    const running = projector.run()
    try {
      const progress = new ProjectionProgress(log, topics, async () => this.#group)
      await progress.waitFor(await progress.endOfLog(), 120_000)
    } finally {
      await projector.stop()
      await running
    }
    if (failures.length > 0) throw new AggregateError(failures, 'a range could not be projected')
  }

  async verify(decoders: EnvelopeDecoders): Promise<Verification> {
    const { log, topics } = this.#service.log
    const endOfLog = await log.offsets(await log.topics(topics.topicPrefix('events')))
    const { store } = this.#service.readModel
    return verify({ log, topics, decoders, store, generation: this.generation, group: this.#group }, endOfLog)
  }

  /** Where its events stand, and what they are. */
  async events(): Promise<unknown[]> {
    return contentOf(this.#service, this.generation)
  }

  /** Its dead letters in the order of the log. */
  async deadLetters(): Promise<unknown[]> {
    const { store } = this.#service.readModel
    return store.query({
      sql: `SELECT reason, field, message FROM ${store.table(this.generation.deadLettersTable)} ORDER BY offset`,
    })
  }
}

/** Where a generation's events stand, and what they are. */
export async function contentOf(service: Service, { eventsTable }: Generation): Promise<unknown[]> {
  const { store } = service.readModel
  return store.query({
    sql: `SELECT toInt64(offset) AS at, event_id, kind, hex(digest) AS digest FROM ${store.table(eventsTable)} ORDER BY offset`,
  })
}
