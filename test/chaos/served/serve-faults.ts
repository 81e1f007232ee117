import { setTimeout as sleep } from 'node:timers/promises'
import { killAndRestart } from '../distributed/at-statement.ts'
import { serveFaults, type FaultKind, type ServeFault } from '../faults.ts'
import type { PlannedFault } from '../schedule.ts'
import type { Passage } from './http-relay.ts'
import type { ServedSlot } from './served-slot.ts'

/** How long a fault may wait for a request that it can hit, ms. */
const REQUEST_WAIT_MS = 10_000
/** To read a request, to store it, and to answer takes milliseconds each. */
const REQUEST_MS = 20
const DRAIN_LIMIT_MS = 60_000

export function isServeFault(kind: FaultKind): kind is ServeFault {
  return (serveFaults as readonly FaultKind[]).includes(kind)
}

/** Does one fault to a serving process. Answers false when there was nothing to do it to. */
export async function injectIntoServed(
  { child, relay }: ServedSlot,
  { kind, forMs, choice }: PlannedFault<ServeFault>,
): Promise<boolean> {
  if (!child.isReady) return false
  switch (kind) {
    case 'serve-killed':
      await killAndRestart(child, forMs / 4)
      return true
    case 'serve-killed-amid-append':
      return killAt('request', REQUEST_MS * choice)
    case 'serve-killed-before-answer':
      return killAt('answer', 0)
    case 'serve-terminated':
      await child.terminate(DRAIN_LIMIT_MS)
      child.start()
      return true
  }

  async function killAt(passage: Passage, afterMs: number): Promise<boolean> {
    if (!(await relay.next(passage, REQUEST_WAIT_MS))) return false
    await sleep(afterMs)
    await killAndRestart(child, forMs / 4)
    return true
  }
}
