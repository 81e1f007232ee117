import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Written } from '../audit/audit.ts'
import { runAudit } from '../audit/run-audit.ts'
import { sharingTenants } from '../audit/sharing-tenants.ts'
import { Child } from '../processes/child.ts'
import { writeTask, type AuditReport } from '../processes/child-task.ts'
import { clockOffset } from '../processes/clock-offset.ts'
import type { FaultLog } from '../fault-log.ts'
import type { EmbeddedFault, ServeFault } from '../faults.ts'
import type { EmbeddedRound, PlannedFault } from '../schedule.ts'
import { injectIntoServed } from '../served/serve-faults.ts'
import { servedSlot } from '../served/served-slot.ts'
import { httpWriter } from '../writing/http-writer.ts'
import { SmallDisk } from './small-disk.ts'
import { withTimeout } from '../processes/with-timeout.ts'
import type { RoundResult, World } from '../world.ts'

const RECOVERY_LIMIT_MS = 240_000
const TERMINATE_LIMIT_MS = 60_000
const FAULT_OVERHEAD_MS = 2500
/** Enough for some more appends before the disk is full. */
const LEFT_ON_DISK_BYTES = 256 * 1024

/** Log and read model in one process, on a disk that can be filled. */
export class EmbeddedWorld implements World<EmbeddedRound> {
  readonly #directory: string
  readonly #disk: SmallDisk | null
  readonly #faults: FaultLog
  readonly #written: Written[] = []
  #children: readonly Child[] = []
  #peakMiB = 0

  private constructor(directory: string, disk: SmallDisk | null, faults: FaultLog) {
    this.#directory = directory
    this.#disk = disk
    this.#faults = faults
  }

  static async start(directory: string, faults: FaultLog): Promise<EmbeddedWorld> {
    const data = join(directory, 'embedded')
    await mkdir(data, { recursive: true })
    return new EmbeddedWorld(directory, await SmallDisk.mount(data), faults)
  }

  async run({ streams: [spec], process }: EmbeddedRound): Promise<RoundResult> {
    const written = { spec, journal: join(this.#directory, `embedded-journal-${this.#written.length}`) }
    this.#written.push(written)
    const windowMs = process.faults.reduce((sum, { afterMs, forMs }) => sum + afterMs + forMs + FAULT_OVERHEAD_MS, 0)
    const task = writeTask(`${written.journal}.task`, { ...written, perSecond: (1000 * spec.events) / windowMs })
    const surprises =
      process.kind === 'writes' ? await this.#write(task, process.faults) : await this.#serve(task, process.faults)
    const all = sharingTenants([written], this.#written)
    const report = await this.#audit(all)
    // What an earlier round wrote was counted there.
    const earlier = all.filter((each) => each !== written).reduce((sum, each) => sum + each.spec.events, 0)
    return { ...report, acknowledged: report.acknowledged - earlier, surprises }
  }

  /** Lets one process write and project. Answers with what must not happen, and did. */
  async #write(task: string, faults: readonly PlannedFault<EmbeddedFault>[]): Promise<string[]> {
    const child = new Child({
      name: 'embedded process',
      program: ['test/chaos/embedded/embedded-process.ts', task],
      environment: this.#environment(),
      readyText: 'ready',
      mayFailToStart: true,
    })
    this.#children = [child]
    child.start()
    for (const fault of faults) {
      await child.ready()
      await sleep(fault.afterMs)
      await this.#faults.note(fault.kind, () => this.#inject(child, fault))
    }
    child.start()
    await child.ready()
    child.send({ hurry: true })
    await withTimeout(child.ended(), RECOVERY_LIMIT_MS, 'the embedded process was not done in time')
    this.#peakMiB = Math.max(this.#peakMiB, child.peakMiB)
    return child.surprises
  }

  /** Lets one process take what a client writes over HTTP, and project it. Answers with what must not happen, and did. */
  async #serve(task: string, faults: readonly PlannedFault<ServeFault>[]): Promise<string[]> {
    const slot = await servedSlot(['ingest', 'project', 'query'], this.#environment())
    const writer = new Child({
      name: 'client',
      ...httpWriter(task, slot.url, null),
      readyText: 'ready',
      mayFailToStart: false,
    })
    this.#children = [slot.child, writer]
    slot.child.start()
    await withTimeout(slot.child.working(), RECOVERY_LIMIT_MS, 'the serving process did not start')
    writer.start()
    for (const fault of faults) {
      await slot.child.ready()
      await sleep(fault.afterMs)
      await this.#faults.note(fault.kind, () => injectIntoServed(slot, fault))
    }
    writer.send({ hurry: true })
    await withTimeout(writer.ended(), RECOVERY_LIMIT_MS, 'the client was not done in time')
    await slot.child.terminate(TERMINATE_LIMIT_MS)
    await slot.relay.close()
    this.#peakMiB = Math.max(this.#peakMiB, slot.child.peakMiB)
    return [...slot.child.surprises, ...writer.surprises]
  }

  async auditEverything(): Promise<RoundResult> {
    return { ...(await this.#audit(this.#written)), surprises: [] }
  }

  get peakMiB(): number {
    return this.#peakMiB
  }

  async stop(): Promise<string[]> {
    await this.#disk?.unmount()
    return []
  }

  async abandon(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()))
    await this.stop()
  }

  #audit(written: readonly Written[]): Promise<AuditReport> {
    return runAudit(this.#directory, { written, timeoutMs: RECOVERY_LIMIT_MS }, this.#environment())
  }

  async #inject(child: Child, { kind, forMs, choice }: PlannedFault<EmbeddedFault>): Promise<boolean> {
    if (!child.isReady) return false
    switch (kind) {
      case 'embedded-process-killed':
        await child.kill()
        await sleep(forMs / 4)
        child.start()
        return true
      case 'embedded-process-terminated':
        await child.terminate(TERMINATE_LIMIT_MS)
        child.start()
        return true
      case 'embedded-clock-jumped':
        child.send({ clockOffsetMs: clockOffset(choice) })
        await sleep(forMs)
        child.send({ clockOffsetMs: 0 })
        return true
      case 'embedded-disk-filled': {
        if (this.#disk === null) return false
        // Whether a process outlives a full disk is not promised (the engine's merges abort it, even a while after); that
        // nothing is lost is.
        child.mayEnd = true
        await this.#disk.fill(LEFT_ON_DISK_BYTES)
        await sleep(forMs)
        await this.#disk.free()
        await child.working()
        return true
      }
    }
  }

  #environment(): Record<string, string> {
    return {
      EXPERIENCE_LOG_DATA: join(this.#directory, 'embedded', 'data'),
      TOPIC_PARTITIONS: '2',
      READ_WAIT_MS: '60000',
    }
  }
}
