import { createKey, runToEnd, ServedProcess } from '../served-process.ts'
import type { Installation } from './installation.ts'
import { judgePhases, recoveryOf, type Phase, type PhaseName, type Recovery } from './judge-phases.ts'
import { LoadClients } from './load-clients.ts'
import { PhaseFigures } from './phase-figures.ts'
import { healthOf, WatchedServer } from './watched-server.ts'

const OVERLOAD = 3
const CALM_SHARE = 0.25
const LEAST_CALM_S = 15
/** Of one fault, there may be one a request. */
const MOST_TOLD = 20

export interface LoadOptions {
  /** Of each of the phases at the highest rate and beyond it; the others take a part of it. */
  readonly seconds: number
  readonly seed: number
  readonly tell: (line: string) => void
}

/** Brings a serving process more than it can take, and looks what comes of it. */
export class LoadRun {
  readonly faults: string[] = []
  readonly #phases = new Map<PhaseName, Phase>()
  readonly #environment: Readonly<Record<string, string>>
  readonly #options: LoadOptions
  #faultCount = 0
  highestPerSecond = 0
  accepted = 0
  greedyRefusals = 0
  /** How long after the last answer the tails had told all, s. */
  tailsCaughtUpAfterS = 0

  constructor({ environment }: Installation, options: LoadOptions) {
    this.#environment = environment
    this.#options = options
  }

  /** Null until all phases are over. */
  get recovery(): Recovery | null {
    return recoveryOf(this.#phases)
  }

  /** How many faults there were, also those that are not told. */
  get faultCount(): number {
    return this.#faultCount
  }

  /** What was seen in each phase, with the answers that came later to what was sent in it. */
  get phases(): object[] {
    return Array.from(this.#phases, ([phase, { figures, seen }]) => ({
      phase,
      ...figures.toJson(),
      healthz_ms: healthOf(seen),
      memory_mib: { own: seen.ownMib, resident: seen.residentMib },
    }))
  }

  /** From its start to the proof that nothing is lost. */
  async run(): Promise<void> {
    const { seed, tell } = this.#options
    const operator = await createKey(['--all-tenants', '--role', 'operate'], this.#environment)
    const served = await ServedProcess.start(this.#environment)
    try {
      const clients = await LoadClients.create(served.url, operator, seed, (fault) => this.#tell(fault))
      await this.#load(served, clients)
      tell('reading everything back')
      for (const fault of await clients.audit()) this.#tell(fault)
      this.accepted = clients.accepted
    } finally {
      const how = await served.stop()
      if (!how.startsWith('exit code 0')) this.#tell(`stopped: ${how}`)
      for (const line of served.failures.slice(0, 5)) this.#tell(line)
    }
    tell('verifying')
    await runToEnd(['verify'], this.#environment).catch((error: unknown) => this.#tell(String(error)))
  }

  async #load(served: ServedProcess, clients: LoadClients): Promise<void> {
    const { traffic } = clients
    const { seconds, tell } = this.#options
    const watched = new WatchedServer(served, (fault) => this.#tell(fault))
    const phase = async (name: PhaseName, send: (figures: PhaseFigures) => Promise<void>): Promise<PhaseFigures> => {
      const figures = new PhaseFigures()
      clients.ages = figures.ages
      tell(name)
      await send(figures)
      this.#phases.set(name, { figures, seen: watched.take() })
      return figures
    }
    await phase('warm-up', (figures) => traffic.sendWithoutPause(figures, seconds / 6))
    const { accepted, seconds: searched } = await phase('search', (figures) =>
      traffic.sendWithoutPause(figures, seconds / 3),
    )
    const highest = accepted / searched
    this.highestPerSecond = Math.round(highest)
    await phase('highest', (figures) => traffic.offer(figures, highest, seconds))
    await phase('threefold', (figures) => traffic.offer(figures, OVERLOAD * highest, seconds))
    const calmS = Math.max(LEAST_CALM_S, seconds / 3)
    await phase('calm', (figures) => traffic.offer(figures, CALM_SHARE * highest, calmS))
    await traffic.settled()
    const settledAt = performance.now()
    await clients.tailsCaughtUp()
    this.tailsCaughtUpAfterS = Math.round((performance.now() - settledAt) / 1000)
    await watched.stop()
    for (const fault of judgePhases(this.#phases)) this.#tell(fault)
    this.greedyRefusals = traffic.greedyRefusals
    if (traffic.greedyRefusals === 0) this.#tell('the key over its limit was never told so')
  }

  #tell(fault: string): void {
    if (this.#faultCount++ < MOST_TOLD) this.faults.push(fault)
  }
}
