import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../processes/child.ts'
import { StatementTrap, type HeldStatement, type Statement } from './clickhouse-proxy.ts'
import type { ProjectorSlot } from './projector-slot.ts'

/** How long a fault may wait for a statement that it can hit. */
const STATEMENT_WAIT_MS = 10_000

export type Hit = (statement: HeldStatement, slot: ProjectorSlot) => Promise<void>

/** Does something to the next insert of any of the projectors. Answers false when none came. */
export function atInsert(slots: readonly ProjectorSlot[], hit: Hit): Promise<boolean> {
  return atStatement('insert', slots, hit)
}

/** Does something to the next look of any of the projectors whether the table has events. Answers false when none came. */
export function atLook(slots: readonly ProjectorSlot[], hit: Hit): Promise<boolean> {
  return atStatement('look', slots, hit)
}

export function killAtInsert(
  slots: readonly ProjectorSlot[],
  forMs: number,
  before: (insert: HeldStatement) => Promise<void>,
): Promise<boolean> {
  return atInsert(slots, async (insert, { child }) => {
    await before(insert)
    await killAndRestart(child, forMs)
  })
}

/** Passes a statement and its answer on, as if nothing were. */
export async function letPass(statement: HeldStatement): Promise<void> {
  await statement.forward()
  statement.answer()
}

export async function killAndRestart(child: Child, afterMs: number): Promise<void> {
  await child.kill()
  await sleep(afterMs)
  child.start()
}

async function atStatement(catches: Statement, slots: readonly ProjectorSlot[], hit: Hit): Promise<boolean> {
  const trap = new StatementTrap(catches, STATEMENT_WAIT_MS)
  for (const slot of slots) slot.proxy.arm(trap, (statement) => hit(statement, slot))
  return trap.sprung
}
