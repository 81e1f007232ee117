import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { createKey } from '../../served-process.ts'
import type { Written } from '../audit/audit.ts'
import { runAudit } from '../audit/run-audit.ts'
import { sharingTenants } from '../audit/sharing-tenants.ts'
import { Child } from '../processes/child.ts'
import { writeTask, type AuditReport, type WriterTask } from '../processes/child-task.ts'
import { httpWriter } from '../writing/http-writer.ts'
import { servedSlot, type ServedSlot } from '../served/served-slot.ts'
import { extraMsOf } from './batch-faults.ts'
import { injectDistributed } from './distributed-faults.ts'
import { SESSION_MS, type FaultyWorld } from './faulty-world.ts'
import type { StreamSpec } from '../writing/event-stream.ts'
import type { FaultLog } from '../fault-log.ts'
import type { DistributedFault } from '../faults.ts'
import { projectorSlot, type ProjectorSlot } from './projector-slot.ts'
import type { DistributedRound, PlannedFault } from '../schedule.ts'
import type { RoundResult, World } from '../world.ts'
import { withTimeout } from '../processes/with-timeout.ts'

const PROJECTORS = 2
/** After everything works again. */
const RECOVERY_LIMIT_MS = 240_000
const FAULT_OVERHEAD_MS = 3000

/**
 * Real brokers, registry and ClickHouse (chDB behind its protocol), with several projectors and producers as processes, and one that takes
 * events over HTTP.
 */
export class DistributedWorld implements World<DistributedRound>, FaultyWorld {
  readonly stack: Stack
  readonly served: ServedSlot
  readonly projectors: ProjectorSlot[] = []
  readonly writers: Child[] = []
  readonly #key: string
  readonly #directory: string
  readonly #faults: FaultLog
  readonly #rounds: Written[][] = []
  #touched = new Set<number>()
  #writerCount = 0

  /** `key`: with which clients write over HTTP. */
  private constructor(stack: Stack, served: ServedSlot, key: string, directory: string, faults: FaultLog) {
    this.stack = stack
    this.served = served
    this.#key = key
    this.#directory = directory
    this.#faults = faults
  }

  static async start(directory: string, faults: FaultLog): Promise<DistributedWorld> {
    const stack = await startStack({ brokers: 3, clickhouse: true })
    const environment = environmentOf(stack)
    const key = await createKey(['--all-tenants', '--role', 'produce'], environment)
    const world = new DistributedWorld(stack, await servedSlot(['ingest'], environment), key, directory, faults)
    for (let number = 0; number < PROJECTORS; number++) await world.addProjector()
    await withTimeout(world.#heal(), RECOVERY_LIMIT_MS, 'the projectors or the serving process did not start')
    return world
  }

  /** Topics that the present round writes to, the busiest first. */
  get tenants(): readonly (string | null)[] {
    return this.#rounds.at(-1)?.[0]?.spec.tenants ?? []
  }

  async addProjector(): Promise<void> {
    const slot = await projectorSlot(this.projectors.length, this.stack.clickhouseUrl, environmentOf(this.stack))
    this.projectors.push(slot)
    slot.child.start()
  }

  /** Sends a stream of an earlier round again; answers false when there is none. */
  sendOldEvents(choice: number, clockOffsetMs: number): boolean {
    const earlier = this.#rounds.length - 1
    if (earlier < 1) return false
    const round = Math.floor(choice * earlier)
    const old = this.#rounds[round]?.[0]
    if (old === undefined) return false
    const again = { spec: old.spec, journal: this.#journal() }
    this.#rounds[round]?.push(again)
    this.#touched.add(round)
    const writer = this.#startWriter('producer', again, Infinity)
    writer.send({ clockOffsetMs })
    return true
  }

  async run(round: DistributedRound): Promise<RoundResult> {
    const lanes = Object.values(round.lanes)
    const windowMs = Math.max(5000, ...lanes.map((lane) => lane.reduce((sum, fault) => sum + durationOf(fault), 0)))
    const written = round.streams.map((spec: StreamSpec) => ({ spec, journal: this.#journal() }))
    this.#touched = new Set([this.#rounds.length])
    this.#rounds.push(written)
    for (const [place, each] of written.entries()) {
      const kind = place === written.length - 1 ? 'client' : 'producer'
      this.#startWriter(kind, each, (1000 * each.spec.events) / windowMs)
    }
    await withTimeout(
      Promise.all(this.writers.map((writer) => writer.working())),
      RECOVERY_LIMIT_MS,
      'no producer started',
    )

    await Promise.all(
      lanes.map(async (lane) => {
        for (const fault of lane) {
          await sleep(fault.afterMs)
          await this.#faults.note(fault.kind, () => injectDistributed(this, fault))
        }
      }),
    )
    await withTimeout(this.#heal(), RECOVERY_LIMIT_MS, 'the servers did not come back')
    for (const writer of this.writers) writer.send({ hurry: true })
    await withTimeout(
      Promise.all(this.writers.map((writer) => writer.ended())),
      RECOVERY_LIMIT_MS,
      'producers were not done in time',
    )
    const surprises = [...this.writers, ...this.#services()].flatMap((child) => child.surprises.splice(0))
    this.writers.length = 0
    const touched = [...this.#touched].flatMap((index) => this.#rounds[index] ?? [])
    const all = sharingTenants(touched, this.#rounds.flat())
    const report = await this.#audit(all)
    // What an earlier round wrote was counted there.
    const earlier = all.filter((each) => !written.includes(each)).reduce((sum, { spec }) => sum + spec.events, 0)
    return { ...report, acknowledged: report.acknowledged - earlier, surprises }
  }

  async auditEverything(): Promise<RoundResult> {
    return { ...(await this.#audit(this.#rounds.flat())), surprises: [] }
  }

  get peakMiB(): number {
    return Math.max(...this.projectors.map(({ child }) => child.peakMiB))
  }

  async stop(): Promise<string[]> {
    for (const child of this.#services()) await child.terminate(60_000)
    const surprises = this.#services().flatMap((child) => child.surprises)
    await this.#release()
    return surprises
  }

  async abandon(): Promise<void> {
    await Promise.all([...this.writers, ...this.#services()].map((child) => child.kill()))
    await this.#release()
  }

  #services(): Child[] {
    return [...this.projectors, this.served].map(({ child }) => child)
  }

  #audit(written: readonly Written[]): Promise<AuditReport> {
    const environment = { ...environmentOf(this.stack), CLICKHOUSE_URL: this.stack.clickhouseUrl }
    return runAudit(this.#directory, { written, timeoutMs: RECOVERY_LIMIT_MS }, environment)
  }

  async #release(): Promise<void> {
    await Promise.all([...this.projectors.map(({ proxy }) => proxy.close()), this.served.relay.close()])
    await this.stack.stop()
  }

  /** Ends what faults began and did not end themselves, and waits until enough projectors and the serving process work. */
  async #heal(): Promise<void> {
    for (const { child, proxy } of this.projectors) {
      proxy.delayMs = 0
      proxy.unreachable = false
      if (child.isStopped) child.thaw()
    }
    const needed = [...this.projectors.slice(0, PROJECTORS), this.served].map(({ child }) => child)
    for (const child of needed) child.start()
    await Promise.all(needed.map((child) => child.working()))
  }

  #journal(): string {
    return join(this.#directory, `journal-${this.#writerCount++}`)
  }

  /** A producer writes to the log itself, a client over HTTP. */
  #startWriter(kind: 'producer' | 'client', { spec, journal }: Written, perSecond: number): Child {
    const task: WriterTask = { spec, journal, perSecond: Math.min(perSecond, 1e9) }
    const place = writeTask(`${journal}.task`, task)
    const child = new Child({
      name: `${kind} of stream ${spec.seed}`,
      ...(kind === 'producer'
        ? { program: ['test/chaos/writing/writer-process.ts', place], environment: environmentOf(this.stack) }
        : httpWriter(place, this.served.url, this.#key)),
      readyText: 'ready',
      mayFailToStart: true,
    })
    this.writers.push(child)
    child.start()
    return child
  }
}

function environmentOf({ brokers, schemaRegistryUrl }: Stack): Record<string, string> {
  return {
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS),
    TOPIC_PREFIX: 'chaos',
    TOPIC_PARTITIONS: '2',
    CLICKHOUSE_DATABASE: 'chaos',
  }
}

/** About how long a fault and the pause before it take, ms. */
function durationOf({ kind, afterMs, forMs }: PlannedFault<DistributedFault>): number {
  return afterMs + forMs + FAULT_OVERHEAD_MS + extraMsOf(kind)
}
