import type { Observer } from '../../base/observer.ts'
import { EnvelopeDecoders } from '../../consumers/envelope-decoders.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import type { Dependencies } from '../../operations/dependencies.ts'
import { holdNotice } from '../../operations/holds/hold-texts.ts'
import { SharedHolds } from '../../operations/holds/shared-holds.ts'
import { OperationsLog } from '../../operations/log/operations-log.ts'
import { LiveGeneration } from './live-generation.ts'
import type { OpenLog } from './open-log.ts'
import type { OpenReadModel } from './open-read-model.ts'

/** What consumers of the log in this process share. */
export interface ConsumerWiring extends Omit<Dependencies, 'live'> {
  readonly live: LiveGeneration
  /** Consumer group of the projectors of the generation that readers follow. */
  readonly liveGroup: () => Promise<string>
  readonly holds: SharedHolds
}

/** Wires consumers to a log and a read model that are open. */
export function consumerWiring(
  log: OpenLog,
  { store, id, generation }: OpenReadModel,
  observer: Observer,
): ConsumerWiring {
  const decoders = new EnvelopeDecoders(log.registry)
  const operations = new OperationsLog(log.log, log.topics)
  const live = new LiveGeneration(store, generation)
  const liveGroup = async (): Promise<string> => projectorGroup(log.topics, await live.recent())
  const holds = new SharedHolds({
    log: log.log,
    operations,
    database: store.database,
    readModel: id,
    liveGroup,
    report: (held, change) => {
      if (change === 'held') observer.held?.(held.topic, holdNotice(held))
      else observer.released?.(held.topic)
    },
  })
  return {
    ...log,
    store,
    readModel: id,
    decoders,
    operations,
    live,
    liveGroup,
    holds,
    observer,
  }
}
