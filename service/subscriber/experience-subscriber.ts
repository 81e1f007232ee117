import { ExperienceError } from '../../base/experience-error.ts'
import { Subscription, type SubscribeOptions } from '../../consumers/subscription/subscription.ts'
import type { Settings } from '../settings.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'

/**
 * The log's live tail alone, for who only listens: it opens the log and the registry, and neither ClickHouse nor chDB. Any number of
 * processes may listen to the same log, embedded or Kafka, beside others that append or project.
 */
export class ExperienceSubscriber {
  readonly #log: OpenLog
  readonly #discoveryMs: number
  #closed: Promise<void> | null = null

  private constructor(log: OpenLog, discoveryMs: number) {
    this.#log = log
    this.#discoveryMs = discoveryMs
  }

  /** Opens the log that the settings name. Errors: `Unavailable` (which server, what to do), `StorageError`, `InvalidSettings`. */
  static async open(settings: Settings): Promise<ExperienceSubscriber> {
    return new ExperienceSubscriber(await openLog(settings), settings.DISCOVERY_MS)
  }

  /** Begins a subscription: see `Subscription.open`. Errors: `InvalidQuery` naming the field, `Unavailable`, `StorageError`. */
  async subscribe(options: SubscribeOptions = {}): Promise<Subscription> {
    if (this.#closed !== null) {
      throw new ExperienceError('Unavailable', 'the subscriber is closed', { retryable: false })
    }
    return Subscription.open({ ...this.#log, discoveryMs: this.#discoveryMs }, options)
  }

  /** Ends all subscriptions, and lets go of the log. */
  close(): Promise<void> {
    this.#closed ??= this.#log.close()
    return this.#closed
  }
}
