import { afterAll, afterEach, beforeAll } from 'vitest'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { batchProjection } from '../../consumers/batch/batch-projection.ts'
import { Projector } from '../../consumers/projector.ts'
import type { Position } from '../../base/position.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { SchemaRegistry } from '../../log/schema-registry.ts'
import { currentForm, type ProjectionForm } from '../../projections/forms/form.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import type { ExperienceEventEnvelopeInput } from '../../schemas/contract/envelope.ts'
import { Service } from '../../service/wiring/service.ts'
import { servicePlace, settingsOf, type Environment, type LogUnderTest, type ServicePlace } from './service-place.ts'

export interface RunningProjector {
  /** What its ranges failed with so far. */
  readonly failures: unknown[]
  stop(): Promise<void>
}

/** Opens services for the tests of a file, and closes what they leave open. */
export class ServiceBench {
  #place: ServicePlace | null = null
  readonly #closing: (() => Promise<void>)[] = []

  constructor() {
    beforeAll(async () => {
      this.#place = await servicePlace()
    })
    afterEach(async () => {
      for (const close of this.#closing.splice(0).toReversed()) await close()
    })
    afterAll(() => this.#place?.dispose())
  }

  get place(): ServicePlace {
    if (this.#place === null) throw new Error('the place is made before the first test')
    return this.#place
  }

  newEnvironment(log: LogUnderTest): Environment {
    return this.place.newEnvironment(log)
  }

  async open(environment: Environment, changes: Environment = {}): Promise<Service> {
    const service = await Service.open(settingsOf(environment, changes))
    this.#closing.push(() => service.close())
    return service
  }

  /** Lets go of a service before the test ends, as a process does that ends. */
  async close(service: Service): Promise<void> {
    await service.close()
  }

  /** A projector of the service's log and read model, in the group of its own, with parts replaced. */
  startProjector(
    service: Service,
    parts: {
      readonly log?: EventLog
      readonly store?: ReadModelStore
      readonly registry?: Pick<SchemaRegistry, 'schemaById'>
      readonly batchBytes?: number
      readonly form?: ProjectionForm
    } = {},
  ): RunningProjector {
    const { log = service.log.log, store = service.readModel.store, batchBytes = 8 << 20, form = currentForm } = parts
    const { topics } = service.log
    const { registry = service.log.registry } = parts
    const { generation } = service.readModel
    const decoders = new EnvelopeDecoders(registry)
    const project = batchProjection({ log, topics, decoders, store, generation, form })
    const failures: unknown[] = []
    const projector = new Projector(log, topics, project, {
      group: service.group,
      lingerMs: 50,
      batchBytes,
      discoveryMs: 100,
      onFailure: (error) => failures.push(error),
    })
    const running = projector.run()
    const stop = async (): Promise<void> => {
      await projector.stop()
      await running
    }
    this.#closing.push(stop)
    return { failures, stop }
  }
}

/** Appends events in the order given. */
export async function append(
  service: Service,
  envelopes: readonly ExperienceEventEnvelopeInput[],
): Promise<Position[]> {
  const producer = await service.openProducer()
  try {
    return await producer.appendMany(envelopes)
  } finally {
    await producer.close()
  }
}

/** How many rows a view has. */
export async function countRows(service: Service, view: 'events' | 'dead_letters' = 'events'): Promise<number> {
  const { store } = service.readModel
  const [row] = await store.query<{ rows: string }>({ sql: `SELECT count() AS rows FROM ${store.table(view)}` })
  return Number(row?.rows)
}
