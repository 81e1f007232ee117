import { vi } from 'vitest'
import { eachBatch } from '../../../log/each-batch.ts'
import type { EventLog } from '../../../log/event-log.ts'
import type { ConsumerOptions, GroupConsumer, PartitionClaim } from '../../../log/group-consumer.ts'
import type { RecordBatch } from '../../../log/record.ts'
import { textsOf } from '../event-log/event-log-fixture.ts'

const OPTIONS = { discoveryMs: 100, lingerMs: 20, batchBytes: 1_000_000 }

/** Waits for what other code brings about. */
export function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error('the condition that the test waits for did not come true')
    },
    { timeout: 300_000, interval: 20 },
  )
}

/** A promise, and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let resolveOpened: (() => void) | undefined
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve
  })
  return { opened, open: () => resolveOpened?.() }
}

export type BeforeCommit = (batch: RecordBatch, claim: PartitionClaim) => Promise<void>

/** A consumer that notes what it is handed, commits it, and does what a test adds before that. */
export class RecordingConsumer {
  readonly batches: RecordBatch[] = []
  readonly claims: PartitionClaim[] = []
  readonly outcomes: ('committed' | 'fenced')[] = []
  readonly running: Promise<void>
  readonly #consumer: GroupConsumer

  constructor(
    log: EventLog,
    group: string,
    topicPrefix: string,
    options: Partial<ConsumerOptions> & { before?: BeforeCommit; commits?: boolean } = {},
  ) {
    const { before, commits = true, ...rest } = options
    this.#consumer = log.consumer(group, { ...OPTIONS, ...rest, topicPrefix })
    const handler = eachBatch(async (batch, claim) => {
      await before?.(batch, claim)
      this.batches.push(batch)
      this.claims.push(claim)
      if (commits) this.outcomes.push(await claim.commit(batch.next, `up to ${batch.next}`))
    })
    this.running = this.#consumer.run(handler)
    // Whoever waits for it sees a failure; nobody else has to.
    this.running.catch(() => undefined)
  }

  get texts(): string[] {
    return this.batches.flatMap(({ records }) => textsOf(records))
  }

  /** Resolves when it was handed so many records. */
  async has(count: number): Promise<void> {
    await Promise.race([until(() => this.texts.length >= count), this.running])
  }

  async stop(): Promise<void> {
    await this.#consumer.stop()
    await this.running
  }
}
