import { prune } from '../../operations/rebuild/prune.ts'
import type { ReportProgress } from '../../operations/rebuild/rebuild-watch.ts'
import {
  rebuild,
  type RebuildOptions,
  type RebuildParts,
  type RebuildResult,
} from '../../operations/rebuild/rebuild.ts'
import { rollBack, type RollBackResult } from '../../operations/rebuild/roll-back.ts'
import { deleteTenant, type DeletedTenant } from '../../operations/tenants/delete-tenant.ts'
import { exportsIndex } from '../../operations/tenants/exports-index.ts'
import { LEASE_MS } from '../../log/embedded/lmdb-event-log.ts'
import type { Generation } from '../../projections/generations/generation.ts'
import type { Settings } from '../settings.ts'
import type { ConsumerWiring } from './consumer-wiring.ts'
import { deadLetterShare } from './open-live-projector.ts'

/** How a long operation is conducted. */
export interface Conduct {
  /** Asks it to end early; it can be gone on with. */
  readonly stopped: AbortSignal
  readonly report: ReportProgress
  /** See `ExclusiveParts`. */
  readonly onWait: () => void
}

/** For what Kafka does beside waiting for a session to end: electing, dealing partitions, joining, ms. */
const SLACK_MS = 10_000

/** What operators do to generations and tenants, as the settings want it. Of all processes one at a time does so. */
export class Maintenance {
  readonly #wiring: ConsumerWiring
  readonly #settings: Settings

  constructor(wiring: ConsumerWiring, settings: Settings) {
    this.#wiring = wiring
    this.#settings = settings
  }

  /** See `rebuild`. */
  rebuild(options: RebuildOptions, conduct: Conduct): Promise<RebuildResult> {
    return this.#switched(rebuild(this.#parts(conduct), options))
  }

  /** See `rollBack`. */
  rollBack(conduct: Conduct): Promise<RollBackResult> {
    return this.#switched(rollBack(this.#parts(conduct)))
  }

  /** See `prune`. */
  prune(ids: readonly string[], { stopped, onWait }: Omit<Conduct, 'report'>): Promise<Generation[]> {
    const wiring = this.#wiring
    const deadMemberMs = this.#deadMemberMs
    return prune({ ...wiring, stopped, onWait, deadMemberMs, live: () => wiring.live.now() }, ids)
  }

  /** See `deleteTenant`; tells also which exported files hold records of the tenant. */
  async deleteTenant(
    tenant: string,
    { stopped, onWait }: Omit<Conduct, 'report'>,
  ): Promise<DeletedTenant & { readonly exports: readonly string[] }> {
    const wiring = this.#wiring
    const settings = this.#settings
    const deadMemberMs = this.#deadMemberMs
    const topic = wiring.topics.topic('events', tenant === '' ? null : tenant)
    const files = exportsIndex(await wiring.operations.read()).filter(({ topics }) => topics.includes(topic))
    const deleted = await deleteTenant(
      { ...wiring, stopped, onWait, deadMemberMs, letGoMs: 2 * settings.DISCOVERY_MS },
      tenant,
    )
    return { ...deleted, exports: files.map(({ file }) => file) }
  }

  /** From here on, who waits in this process waits by the generation that readers follow now: that of a second ago may be another. */
  async #switched<Result>(switching: Promise<Result>): Promise<Result> {
    const result = await switching
    await this.#wiring.live.now()
    return result
  }

  #parts({ stopped, report, onWait }: Conduct): RebuildParts {
    const wiring = this.#wiring
    const settings = this.#settings
    const deadMemberMs = this.#deadMemberMs
    return {
      ...wiring,
      stopped,
      report,
      onWait,
      live: () => wiring.live.now(),
      limits: {
        batchBytes: settings.REBUILD_BATCH_BYTES,
        recordsPerSecond: settings.REBUILD_RECORDS_PER_SECOND,
        discoveryMs: settings.DISCOVERY_MS,
        deadLetters: deadLetterShare(settings),
      },
      deadMemberMs,
      handOverMs: 2 * settings.KAFKA_SESSION_TIMEOUT_MS + SLACK_MS,
    }
  }

  get #deadMemberMs(): number {
    return deadMemberTimeout(this.#settings)
  }
}

/**
 * After how long a process that died counts no more, ms. In the embedded log one of another host or container, or one whose id was
 * given again, shows only by its silence that it is dead.
 */
export function deadMemberTimeout({ KAFKA_BROKERS, KAFKA_SESSION_TIMEOUT_MS }: Settings): number {
  return KAFKA_BROKERS === undefined ? LEASE_MS + 1000 : KAFKA_SESSION_TIMEOUT_MS + SLACK_MS
}
