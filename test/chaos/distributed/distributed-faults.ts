import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { TenantTopics } from '../../../log/tenant-topics.ts'
import type { StackServer } from '../../../stack/server-process.ts'
import type { Child } from '../processes/child.ts'
import { atInsert, killAndRestart, killAtInsert, letPass } from './at-statement.ts'
import { injectIntoBatch, isBatchFault } from './batch-faults.ts'
import { injectIntoServed, isServeFault } from '../served/serve-faults.ts'
import { clockOffset } from '../processes/clock-offset.ts'
import type { DistributedFault } from '../faults.ts'
import { oneMoreProjector, SESSION_MS, workingProjectors, type FaultyWorld } from './faulty-world.ts'
import type { ProjectorSlot } from './projector-slot.ts'
import type { PlannedFault } from '../schedule.ts'

const LEAST_PROJECTORS = 2
const DRAIN_LIMIT_MS = 90_000

/** Does one fault from its beginning to its end. Answers false when there was nothing to do it to. */
export async function injectDistributed(world: FaultyWorld, fault: PlannedFault<DistributedFault>): Promise<boolean> {
  const { kind, forMs, choice } = fault
  const { stack } = world
  if (isBatchFault(kind)) return injectIntoBatch(world, { ...fault, kind })
  if (isServeFault(kind)) return injectIntoServed(world.served, { ...fault, kind })
  const working = workingProjectors(world)
  switch (kind) {
    case 'projector-killed':
      return withOne(working, choice, ({ child }) => killAndRestart(child, forMs))
    case 'projector-killed-before-insert':
      return killAtInsert(working, forMs, async () => {})
    case 'projector-killed-after-insert':
      return killAtInsert(working, forMs, (insert) => insert.forward())
    case 'projector-killed-between-commits':
      return killAtInsert(working, forMs, async (insert) => {
        await letPass(insert)
        // The commit behind the insert and the intent before the next take milliseconds each: it dies in, or between, them.
        await sleep(20 * choice)
      })
    case 'projector-frozen-past-session':
      return withOne(working, choice, async ({ child }) => {
        child.freeze()
        await sleep(SESSION_MS + forMs)
        child.thaw()
      })
    case 'insert-held-past-session':
      return atInsert(working, async (insert, { child }) => {
        child.freeze()
        await sleep(SESSION_MS + forMs)
        await letPass(insert)
        child.thaw()
      })
    case 'projector-joined':
      return (await oneMoreProjector(world)) !== null
    case 'projector-left':
      return withOne(working, choice, async ({ child }) => {
        await child.terminate(DRAIN_LIMIT_MS)
        await sleep(forMs)
        if (working.length <= LEAST_PROJECTORS) child.start()
      })
    case 'projector-clock-jumped':
      return withOne(working, choice, ({ child }) => jumpClock(child, choice, forMs))
    case 'broker-killed':
      return withOne(stack.nodes, choice, (node) => killAndRestartServer(node, forMs))
    case 'leader-killed': {
      const leader = await leaderOf(world).catch(() => undefined)
      const node = stack.nodes.find(({ id }) => id === leader)
      return withOne(node === undefined ? [] : [node], 0, (found) => killAndRestartServer(found, forMs))
    }
    case 'broker-frozen':
      return withOne(stack.nodes, choice, (node) => freezeServer(node, forMs))
    case 'clickhouse-killed':
      return withOne(serverOf(stack.clickhouse), 0, (server) => killAndRestartServer(server, forMs))
    case 'clickhouse-unreachable':
      return disturb(world, forMs, (slot, on) => {
        slot.proxy.unreachable = on
      })
    case 'clickhouse-slow':
      return disturb(world, forMs, (slot, on) => {
        slot.proxy.delayMs = on ? 500 + 2000 * choice : 0
      })
    case 'insert-answered-with-error-after-storing':
      return atInsert(working, async (insert) => {
        await insert.forward()
        insert.answerFailure()
      })
    case 'insert-answer-lost-after-storing':
      return atInsert(working, async (insert) => {
        await insert.forward()
        insert.breakOff()
      })
    case 'insert-cut-off':
      return atInsert(working, async (insert) => {
        await insert.forwardHalf()
        insert.breakOff()
      })
    case 'registry-killed':
      return withOne(serverOf(stack.registry), 0, (server) => killAndRestartServer(server, forMs))
    case 'registry-frozen':
      return withOne(serverOf(stack.registry), 0, (server) => freezeServer(server, forMs))
    case 'writer-killed':
      return withOne(writing(world), choice, (child) => killAndRestart(child, forMs / 4))
    case 'writer-clock-jumped':
      return withOne(writing(world), choice, (child) => jumpClock(child, choice, forMs))
    case 'old-events-sent-again':
      return world.sendOldEvents(choice, Math.abs(clockOffset(choice)))
  }
}

function writing(world: FaultyWorld): readonly Child[] {
  return world.writers.filter((child) => child.isReady)
}

function serverOf(server: StackServer | undefined): StackServer[] {
  return server === undefined ? [] : [server]
}

async function withOne<Target>(
  targets: readonly Target[],
  choice: number,
  hit: (target: Target) => Promise<void>,
): Promise<boolean> {
  const target = targets[Math.floor(choice * targets.length)]
  if (target === undefined) return false
  await hit(target)
  return true
}

async function killAndRestartServer(server: StackServer, afterMs: number): Promise<void> {
  await server.kill()
  await sleep(afterMs)
  await server.restart()
}

async function freezeServer(server: StackServer, forMs: number): Promise<void> {
  server.pause()
  await sleep(forMs)
  server.resume()
}

async function jumpClock(child: Child, choice: number, forMs: number): Promise<void> {
  child.send({ clockOffsetMs: clockOffset(choice) })
  await sleep(forMs)
  child.send({ clockOffsetMs: 0 })
}

/** Does something to the way of every projector to ClickHouse, and undoes it. */
async function disturb(
  world: FaultyWorld,
  forMs: number,
  set: (slot: ProjectorSlot, on: boolean) => void,
): Promise<boolean> {
  for (const slot of world.projectors) set(slot, true)
  await sleep(forMs)
  for (const slot of world.projectors) set(slot, false)
  return true
}

/** The node that leads a partition of the busiest tenant; before that has a topic, one that may coordinate the group. */
async function leaderOf(world: FaultyWorld): Promise<number | undefined> {
  const admin = new kafkajs.Kafka({ brokers: [...world.stack.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const busiest = new TenantTopics('chaos').topic('events', world.tenants[0] ?? null)
    const existing = await admin.listTopics()
    const topic = existing.includes(busiest) ? busiest : '__consumer_offsets'
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]?.partitions[0]?.leader
  } finally {
    await admin.disconnect()
  }
}
