import { ExperienceError } from '../../base/experience-error.ts'
import { Subscription, type SubscribeOptions } from '../../consumers/subscription/subscription.ts'
import type { Settings } from '../settings.ts'
import { openLog, type OpenLog } from '../wiring/open-log.ts'

/**
 * Follows the log, for programs that only listen: it opens the log and the registry, but neither ClickHouse nor chDB. Any number of
 * processes may listen to the same log, embedded or Kafka, while others append or project.
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

  /**
   * Begins a {@link Subscription}: whatever is appended after it resolves will come. By default it begins now, with all tenants and kinds.
   * Errors: `InvalidQuery` naming the field (`from.after` also for a token beyond the end of the log), `Unavailable`, `StorageError`.
   */
  async subscribe(options: SubscribeOptions = {}): Promise<Subscription> {
    if (this.#closed !== null) {
      throw new ExperienceError('Unavailable', 'the subscriber is closed', { retryable: false })
    }
    return Subscription.open({ ...this.#log, discoveryMs: this.#discoveryMs }, options)
  }

  /** Ends all subscriptions, and closes the log. */
  close(): Promise<void> {
    this.#closed ??= this.#log.close()
    return this.#closed
  }
}
