import { DeadLetterLimit } from '../../consumers/dead-letters/dead-letter-limit.ts'
import { readsNothingElsewhere } from '../../consumers/dead-letters/reads-nothing-elsewhere.ts'
import type { ShareLimitOptions } from '../../consumers/dead-letters/share-limit.ts'
import { projectorGroup } from '../../consumers/generation-group.ts'
import { batchProjection } from '../../consumers/batch/batch-projection.ts'
import { LiveProjector } from '../../consumers/live-projector.ts'
import { Projector } from '../../consumers/projector.ts'
import { generationsState } from '../../operations/rebuild/generations-state.ts'
import { completeHandOver } from '../../operations/rebuild/hand-over.ts'
import { generation } from '../../projections/generations/generation.ts'
import type { Settings } from '../settings.ts'
import type { ConsumerWiring } from './consumer-wiring.ts'

/** Which share of bad records is too much, by the settings. */
export function deadLetterShare(settings: Settings): ShareLimitOptions {
  return {
    share: settings.PROJECTOR_DEAD_LETTER_SHARE,
    window: settings.PROJECTOR_DEAD_LETTER_WINDOW,
    minimum: settings.PROJECTOR_DEAD_LETTER_MINIMUM,
  }
}

/** While projectors leave one generation for another, readers see nothing new, ms. */
const LONGEST_LOOK_MS = 500

/** The projector of whatever generation readers follow, as the settings want it. */
export function liveProjector(wiring: ConsumerWiring, settings: Settings): LiveProjector {
  const { log, topics, store, readModel, operations, live, holds, observer } = wiring
  const limit = new DeadLetterLimit({
    options: deadLetterShare(settings),
    holds,
    readsNothingBeside: (topic) => readsNothingElsewhere(wiring, topic),
  })
  return new LiveProjector({
    target: async () => {
      await holds.refresh()
      const { target } = generationsState(await operations.read(), readModel)
      return target === null ? live.recent() : generation(target)
    },
    completeSwitch: async (target) => {
      const followed = await live.recent()
      if (followed.id === target.id) return
      await completeHandOver({ log, topics, store, operations, readModel }, followed, target)
    },
    projectorOf: (target) =>
      new Projector(log, topics, batchProjection({ ...wiring, generation: target, limit }), {
        group: projectorGroup(topics, target),
        lingerMs: settings.PROJECTOR_LINGER_MS,
        batchBytes: settings.PROJECTOR_BATCH_BYTES,
        paceMs: settings.CLICKHOUSE_URL === undefined ? 0 : settings.PROJECTOR_INSERT_INTERVAL_MS,
        discoveryMs: settings.DISCOVERY_MS,
        holds,
        onFailure: (error, batch) => observer.notProjected?.(error, batch),
      }),
    onSwitch: ({ id }) => observer.switched?.(id),
    lookMs: Math.min(settings.DISCOVERY_MS, LONGEST_LOOK_MS),
  })
}
