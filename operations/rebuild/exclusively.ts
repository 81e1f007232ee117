import type { Dependencies } from '../dependencies.ts'
import { eachBatch } from '../../log/each-batch.ts'
import { pause } from '../../base/waiting.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { ExperienceError } from '../../base/experience-error.ts'

export interface ExclusiveParts extends Pick<Dependencies, 'log' | 'topics'> {
  /** After how long a process that died is no longer a member of its groups, ms. */
  readonly deadMemberMs: number
  /** Asks it to wait no longer; work that has begun is asked by whoever does it. */
  readonly stopped: AbortSignal
  /** Told once where it has to wait for another process, be it one that was killed. */
  readonly onWait: () => void
}

/** Ends the work where another process may have taken over: this one was held up for too long, or the group's broker died. */
export type CheckStillOurs = () => Promise<void>

/** Tells the other processes something, for as long as the work goes on. */
export type Say = (text: string) => Promise<void>

const LOOK_MS = 200

/** Whether a process is at work that others have to leave alone: a rebuild, a roll-back, a deletion. Error: `Unavailable`. */
export async function isAtWork({ log, topics }: Pick<ExclusiveParts, 'log' | 'topics'>): Promise<boolean> {
  return (await log.groupMembers(maintenanceGroup(topics))) > 0
}

/** What the process at work has said last, or the one before it; empty if nothing. Errors: `Unavailable`, `StorageError`. */
export async function lastSaid({ log, topics }: Pick<ExclusiveParts, 'log' | 'topics'>): Promise<string> {
  const committed = await log.committed(maintenanceGroup(topics), [topics.operationsTopic])
  return committed.find(({ metadata }) => metadata !== '')?.metadata ?? ''
}

/**
 * Does work that no two processes may do at once. The log decides: one consumer group reads the topic of operations, and whoever
 * is given its partition works while it holds it. No progress is committed, so that the next one is given it just the same. The
 * topic must hold a record. Work whose partition was lost begins again once nobody is at it: it has to be such that it can.
 * Errors: `Unavailable` (another process is at work), `Interrupted`, and what the work throws.
 */
export async function exclusively<Result>(
  parts: ExclusiveParts,
  work: (check: CheckStillOurs, say: Say) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    await requireIdle(parts)
    try {
      return await once(parts, work)
    } catch (error) {
      if (!(error instanceof PartitionLost)) throw error
    }
  }
}

class PartitionLost extends Error {}

async function once<Result>(
  parts: ExclusiveParts,
  work: (check: CheckStillOurs, say: Say) => Promise<Result>,
): Promise<Result> {
  const { log, topics } = parts
  const consumer = log.consumer(maintenanceGroup(topics), {
    topicPrefix: topics.operationsTopic,
    discoveryMs: 1000,
    lingerMs: 0,
    batchBytes: 1,
  })
  let working: Promise<Result> | null = null
  const waitNoLonger = (): void => {
    if (working === null) void consumer.stop()
  }
  parts.stopped.addEventListener('abort', waitNoLonger, { once: true })
  const handler = eachBatch(async (batch, claim) => {
    if (working !== null) throw new Error('the work is done')
    let said = ''
    const check = async (): Promise<void> => {
      if ((await claim.commit(batch.first, said)) === 'fenced') throw new PartitionLost()
    }
    const say = async (text: string): Promise<void> => {
      said = text
      // Who has lost the partition has nothing to say, and learns of it from the next check.
      await claim.commit(batch.first, text)
    }
    working = work(check, say)
    // How it ended is told below; not awaited: stopping waits for this very handler.
    await working.catch(() => {})
    void consumer.stop()
  })
  await consumer.run(handler)
  parts.stopped.removeEventListener('abort', waitNoLonger)
  if (working === null) throw notBegun()
  return working
}

/** Refuses what may not be done while another process is at work. Errors: `Unavailable`, `Interrupted`. */
export async function requireIdle(parts: ExclusiveParts): Promise<void> {
  const isIdle = await becomesIdle(parts)
  if (parts.stopped.aborted) throw notBegun()
  if (isIdle) return
  const message =
    'another process rebuilds, rolls back, prunes or deletes at this moment ("experience-log rebuild status" tells more): ' +
    'wait until it has ended, or abandon its rebuild'
  throw new ExperienceError('Unavailable', message)
}

/** Whether nobody is at work, at the latest when a process that was killed is no longer counted. Error: `Unavailable`. */
export async function becomesIdle(parts: ExclusiveParts): Promise<boolean> {
  const deadline = performance.now() + parts.deadMemberMs
  let hasWaited = false
  while (await isAtWork(parts)) {
    if (parts.stopped.aborted || performance.now() >= deadline) return false
    if (!hasWaited) parts.onWait()
    hasWaited = true
    await pause(LOOK_MS, parts.stopped)
  }
  return true
}

function notBegun(): ExperienceError {
  return new ExperienceError('Interrupted', 'stopped before anything was begun')
}

function maintenanceGroup(topics: TenantTopics): string {
  return `${topics.prefix}.maintenance`
}
