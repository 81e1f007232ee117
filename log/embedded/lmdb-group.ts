import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { CommittedOffset, Offset, TopicPartition } from '../event-log.ts'
import type { LmdbTables, StoredGroup } from './open-lmdb.ts'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Differs from all before, also where the clock was set back. */
const renewalAfter = (stored: StoredGroup | undefined): number => Math.max(Date.now(), (stored?.renewedAt ?? 0) + 1)

/**
 * One member's part in a consumer group. A group has one owner at a time, who reads every partition; the others stand by.
 * An owner that left, died or is not seen to renew for `leaseMs` is replaced, and the epoch, which every commit checks in its own
 * transaction, fences what it may still try.
 */
export class LmdbGroup {
  readonly #tables: LmdbTables
  readonly #group: string
  readonly #leaseMs: number
  readonly #member = randomUUID()
  /** The owner's latest sign of life, and when it was seen first. */
  #sign: { readonly epoch: number; readonly renewedAt: number; readonly seenAt: number } | undefined

  constructor(tables: LmdbTables, group: string, leaseMs: number) {
    this.#tables = tables
    this.#group = group
    this.#leaseMs = leaseMs
  }

  /** Makes this member the owner if there is none alive. Answers with the epoch, or null. */
  async tryAcquire(): Promise<number | null> {
    // Looked at outside of a transaction first, because members that stand by ask often.
    this.#tables.refresh()
    if (!this.#isFree(this.#stored())) return null
    return this.#tables.transaction(() => {
      const stored = this.#stored()
      if (!this.#isFree(stored)) return null
      const epoch = (stored?.epoch ?? 0) + 1
      this.#store({ epoch, owner: this.#member, host: hostname(), pid: process.pid, renewedAt: renewalAfter(stored) })
      return epoch
    })
  }

  /** Answers false when another member has taken over. */
  renew(epoch: number): Promise<boolean> {
    return this.#whileOwned(epoch, (stored) => this.#store({ ...stored, renewedAt: renewalAfter(stored) }))
  }

  /** Lets the next member own the group; its epoch's commits are fenced from now on. */
  async release(epoch: number): Promise<void> {
    await this.#whileOwned(epoch, (stored) => this.#store({ ...stored, owner: null }))
  }

  async commit(epoch: number, to: TopicPartition, offset: Offset, metadata: string): Promise<'committed' | 'fenced'> {
    const key: [string, string, number] = [this.#group, to.topic, to.partition]
    const value = { offset: offset.toString(), metadata }
    const owned = await this.#whileOwned(epoch, () => {
      this.#tables.commits.putSync(key, value)
    })
    return owned ? 'committed' : 'fenced'
  }

  committed({ topic, partition }: TopicPartition): CommittedOffset | null {
    this.#tables.refresh()
    const stored = this.#tables.commits.get([this.#group, topic, partition])
    return stored === undefined
      ? null
      : { topic, partition, offset: BigInt(stored.offset) as Offset, metadata: stored.metadata }
  }

  #whileOwned(epoch: number, action: (stored: StoredGroup) => void): Promise<boolean> {
    return this.#tables.transaction(() => {
      const stored = this.#stored()
      if (stored?.epoch !== epoch || stored.owner !== this.#member) return false
      action(stored)
      return true
    })
  }

  #isFree(stored: StoredGroup | undefined): boolean {
    if (stored === undefined || stored.owner === null) return true
    if (this.#isStale(stored)) return true
    // A process of this machine that was killed need not be waited for. Another host's ids mean nothing here.
    return stored.host === hostname() && !isAlive(stored.pid)
  }

  /** Whether this member has seen no sign of the owner for the length of a lease, by a clock that nobody can set. */
  #isStale({ epoch, renewedAt }: StoredGroup): boolean {
    const now = performance.now()
    if (this.#sign?.epoch !== epoch || this.#sign.renewedAt !== renewedAt)
      this.#sign = { epoch, renewedAt, seenAt: now }
    return now - this.#sign.seenAt > this.#leaseMs
  }

  #stored(): StoredGroup | undefined {
    return this.#tables.groups.get(this.#group)
  }

  #store(group: StoredGroup): void {
    this.#tables.groups.putSync(this.#group, group)
  }
}
