import { setMaxListeners } from 'node:events'
import type { BatchHandler, ConsumerOptions, GroupConsumer, PartitionClaim } from '../group-consumer.ts'
import { pause } from '../../base/waiting.ts'
import { CommitGathering } from '../commit-gathering.ts'
import { Gathering } from '../gathering.ts'
import type { AppendSignal } from './append-signal.ts'
import type { LmdbCommit, LmdbGroup } from './lmdb-group.ts'
import { LmdbPartitionPump } from './lmdb-partition-pump.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import { LmdbPumps } from './lmdb-pumps.ts'
import type { LmdbWatch } from './lmdb-watch.ts'

export interface LmdbGroupConsumerOptions extends ConsumerOptions {
  readonly concurrency: number
  readonly pollMs: number
  readonly leaseMs: number
  readonly group: LmdbGroup
  readonly appended: AppendSignal
  /** Sees all that there is at its first look. */
  readonly watch: () => LmdbWatch
}

/** A member of an LMDB group: reads every partition while it owns the group, and stands by while another member does. */
export class LmdbGroupConsumer implements GroupConsumer {
  readonly #options: LmdbGroupConsumerOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined

  constructor(options: LmdbGroupConsumerOptions) {
    this.#options = options
  }

  run(handler: BatchHandler): Promise<void> {
    this.#running ??= this.#run(handler)
    return this.#running
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // A failed run has rejected to the caller of `run` already.
    await this.#running?.catch(() => undefined)
  }

  async #run(handler: BatchHandler): Promise<void> {
    const { group, pollMs } = this.#options
    const stopping = this.#stopping.signal
    setMaxListeners(0, stopping)
    while (!stopping.aborted) {
      const epoch = await group.tryAcquire()
      if (epoch === null) await pause(pollMs, stopping)
      else await this.#own(epoch, handler)
    }
  }

  /** Reads every partition until the consumer stops, the ownership is lost, or something fails. */
  async #own(epoch: number, handler: BatchHandler): Promise<void> {
    const { group, appended, leaseMs, pollMs, discoveryMs } = this.#options
    const owning = new AbortController()
    const end = AbortSignal.any([owning.signal, this.#stopping.signal])
    setMaxListeners(0, end)
    const failures: unknown[] = []
    const gathering = new Gathering({ ...this.#options, handler })
    const commits = new CommitGathering<LmdbCommit>((made) => group.commit(epoch, made))
    const pumps = new LmdbPumps({
      start: (reader) => new LmdbPartitionPump(reader, this.#claim(commits, reader), { ...this.#options, gathering }),
      end,
      failed: (error) => {
        failures.push(error)
        owning.abort()
      },
    })
    let discoverAt = 0
    const wake = (partitions: ReadonlySet<string>): void => {
      // The first append to a new topic of this process: no need to wait until it is found.
      if (!pumps.wake(partitions)) discoverAt = 0
    }
    appended.on('appended', wake)
    try {
      const watch = this.#options.watch()
      let renewAt = performance.now() + leaseMs / 3
      while (!end.aborted) {
        const now = performance.now()
        if (now >= discoverAt) {
          const found = watch.partitions()
          if (found !== null) pumps.adjust(found)
          discoverAt = now + discoveryMs
        }
        if (now >= renewAt) {
          if (!(await group.renew(epoch))) break
          renewAt = now + leaseMs / 3
        }
        const grown = watch.grownElsewhere()
        pumps.wake(grown === 'any' ? undefined : grown)
        await pause(pollMs, end)
      }
    } finally {
      owning.abort()
      appended.off('appended', wake)
      await this.#drain(pumps, epoch)
      await group.release(epoch)
    }
    if (failures.length > 0) throw failures[0]
  }

  /** Waits for the handlers under way; the group stays owned until they are done. */
  async #drain(pumps: LmdbPumps, epoch: number): Promise<void> {
    const renewing = setInterval(
      () => void this.#options.group.renew(epoch).catch(() => undefined),
      this.#options.leaseMs / 3,
    )
    await pumps.drain()
    clearInterval(renewing)
  }

  #claim(commits: CommitGathering<LmdbCommit>, reader: LmdbPartitionReader): PartitionClaim {
    const { partition, topicPartitions } = reader
    return {
      ...partition,
      topicPartitions,
      committed: this.#options.group.committed([partition])[0] ?? null,
      commit: (next, metadata) => commits.commit({ ...partition, offset: next, metadata, reader }),
    }
  }
}
