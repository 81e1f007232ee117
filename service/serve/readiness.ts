import type { Logger } from 'pino'
import { httpErrorOf } from '../http/http-error.ts'
import type { OpenLog } from '../wiring/open-log.ts'
import type { Service } from '../wiring/service.ts'

/** Whether a process can do what it is there for. */
export class Readiness {
  readonly #log: OpenLog
  readonly #service: Service | null
  #fault: string | null = null
  #looking: Promise<readonly string[]> | null = null

  constructor(log: OpenLog, service: Service | null) {
    this.#log = log
    this.#service = service
  }

  /** What ends the projector before the service is closed makes the process not ready. */
  watchProjector(projecting: Promise<void>, logger: Logger): void {
    projecting.catch((error: unknown) => {
      // Anybody may ask why: this must name no tenant.
      this.#fault = `the projector stopped: ${httpErrorOf(error).message}`
      logger.error({ err: error }, 'the projector stopped')
    })
  }

  /** Why not, in words; none when it is. Those who ask at once share one look: anybody may ask, and it asks the servers. */
  whyNot(): Promise<readonly string[]> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null))
    return this.#looking
  }

  async #look(): Promise<string[]> {
    const reasons: string[] = this.#fault === null ? [] : [this.#fault]
    const { log, topics } = this.#log
    const looks: Promise<unknown>[] = [log.topics(topics.operationsTopic)]
    if (this.#service !== null) looks.push(this.#service.readModel.store.query({ sql: 'SELECT 1', params: {} }))
    for (const look of await Promise.allSettled(looks)) {
      if (look.status === 'rejected') reasons.push(messageOf(look.reason))
    }
    return reasons
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
