import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { ExperienceError } from '../../base/experience-error.ts'
import type { Offset, TopicPartition } from '../../base/position.ts'
import type { CommitAnswer, CommitOutcome } from '../commit-gathering.ts'
import type { CommittedOffset } from '../group-consumer.ts'
import { NEVER, pause } from '../../base/waiting.ts'
import type { LmdbPartitionReader } from './lmdb-partition-reader.ts'
import { isAlive } from '../../base/is-alive.ts'
import type { LmdbTables, StoredGroup } from './lmdb-tables.ts'

const WATCH_MS = 50
/** A group that was started and that nobody has read as yet. */
const NO_OWNER: StoredGroup = { epoch: 0, owner: null, host: '', pid: 0, renewedAt: 0 }

/** A commit for a partition, which is checked to exist still. */
export interface LmdbCommit extends CommittedOffset {
  readonly reader: LmdbPartitionReader
}

/** Differs from all before, also where the clock was set back. */
function renewalAfter(stored: StoredGroup | undefined): number {
  return Math.max(Date.now(), (stored?.renewedAt ?? 0) + 1)
}

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

  /** Commits for partitions, each once, in one transaction. */
  async commit(epoch: number, commits: readonly LmdbCommit[]): Promise<CommitOutcome[]> {
    let outcomes: CommitAnswer[] = []
    const owned = await this.#whileOwned(epoch, () => {
      outcomes = commits.map((commit) => {
        // A commit for a topic that was deleted would be taken for one of the next of its name.
        if (!commit.reader.exists()) return 'fenced'
        this.#putCommit(commit)
        return 'committed'
      })
    })
    return commits.map((_, index) => ({ status: 'fulfilled', value: owned ? outcomes[index]! : 'fenced' }))
  }

  /** What is committed for the partitions, by one snapshot; those without a commit are left out. */
  committed(partitions: readonly TopicPartition[]): CommittedOffset[] {
    this.#tables.refresh()
    return partitions.flatMap(({ topic, partition }) => {
      const stored = this.#tables.commits.get([this.#group, topic, partition])
      if (stored === undefined) return []
      return [{ topic, partition, offset: BigInt(stored.offset) as Offset, metadata: stored.metadata }]
    })
  }

  /** Whether the group has an owner, as far as this has seen: one that hangs is missed a lease after the first look. */
  isOwned(): boolean {
    this.#tables.refresh()
    return !this.#isFree(this.#stored())
  }

  /** Commits offsets of partitions that exist. Error: `StorageError` when the group has an owner. */
  start(offsets: readonly CommittedOffset[]): Promise<void> {
    return this.#whileFree((stored) => {
      this.#store(stored ?? NO_OWNER)
      for (const each of offsets) {
        if (each.partition < (this.#tables.topics.get(each.topic)?.partitions ?? 0)) this.#putCommit(each)
      }
    })
  }

  /** Forgets the group. Error: `StorageError` when it has an owner. */
  delete(): Promise<void> {
    return this.#whileFree(() => {
      const ours = [...this.#tables.commits.getKeys({ start: [this.#group], end: [this.#group, '\u{10ffff}'] })]
      for (const key of ours) this.#tables.commits.removeSync(key)
      this.#tables.groups.removeSync(this.#group)
    })
  }

  /** Changes the group while it has no owner. One that may be dead is watched until it renews, which takes a lease at most. */
  async #whileFree(change: (stored: StoredGroup | undefined) => void): Promise<void> {
    let first: StoredGroup | undefined
    for (;;) {
      const owner = await this.#tables.transaction(() => {
        const stored = this.#stored()
        if (!this.#isFree(stored)) return stored
        change(stored)
        return undefined
      })
      if (owner === undefined) return
      first ??= owner
      if (owner.epoch !== first.epoch || owner.renewedAt !== first.renewedAt) {
        const message = `consumer group ${this.#group} has a member: process ${owner.pid} on ${owner.host}. Stop it first`
        throw new ExperienceError('StorageError', message)
      }
      await pause(WATCH_MS, NEVER)
    }
  }

  #putCommit({ topic, partition, offset, metadata }: CommittedOffset): void {
    this.#tables.commits.putSync([this.#group, topic, partition], { offset: offset.toString(), metadata })
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
