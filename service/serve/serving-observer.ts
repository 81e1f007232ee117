import type { Logger } from 'pino'
import type { Observer } from '../../base/observer.ts'
import type { Metrics } from '../http/metrics/metrics.ts'

/** Counts what a serving process does, and logs what its operator should know of. */
export function servingObserver(metrics: Metrics, logger: Logger): Observer {
  const counts = metrics.observer
  return {
    ...counts,
    notProjected: (error, range) => {
      counts.notProjected(error, range)
      const { topic, partition, first, next } = range
      logger.warn({ err: error, topic, partition, first: String(first), next: String(next) }, 'cannot project yet')
    },
    switched: (generation) => {
      counts.switched(generation)
      logger.info({ generation }, 'projecting into another generation')
    },
    held: (topic, notice) => {
      counts.held(topic, notice)
      logger.warn({ topic }, 'a topic is held')
    },
    released: (topic) => {
      counts.released(topic)
      logger.warn({ topic }, 'no longer held')
    },
  }
}
