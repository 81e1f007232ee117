import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DistributedWorld } from './distributed/distributed-world.ts'
import { EmbeddedWorld } from './embedded/embedded-world.ts'
import { FaultLog } from './fault-log.ts'
import { schedule, type Round } from './schedule.ts'
import type { RoundResult, World } from './world.ts'
import { LEAST_TENANTS } from './writing/round-tenants.ts'

const USAGE = `usage: npm run test:chaos -- [--rounds N] [--seed S] [--events N] [--tenants N]
                                  [--world distributed|embedded|both]

Producers write while servers and processes are killed, cut off, frozen and led astray, by a schedule that the seed decides.
After each round everything recovers, and what was acknowledged is compared with what is stored.

  --rounds N   how many rounds; every fourth is one of the embedded mode (4)
  --seed S     a whole number (1)
  --events N   events of a round (10000)
  --tenants N  spreads a round's events over so many tenants instead of five, ${LEAST_TENANTS} at least, most of them the same in every
               round, and does more to the projectors
  --world W    leaves out the rounds of the other world (both)`

const PROJECTOR_LIMIT_MIB = 600

interface Options {
  readonly rounds: number
  readonly seed: number
  readonly events: number
  readonly tenants: number | null
  readonly world: string
}

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '4' },
        seed: { type: 'string', default: '1' },
        events: { type: 'string', default: '10000' },
        tenants: { type: 'string' },
        world: { type: 'string', default: 'both' },
      },
    })
    const [rounds, seed, events] = [values.rounds, values.seed, values.events].map(Number)
    const tenants = values.tenants === undefined ? null : Number(values.tenants)
    const isWhole = [rounds, seed, events, tenants ?? 1].every(
      (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    )
    const { world } = values
    if (tenants !== null && tenants < LEAST_TENANTS) return null
    if (!isWhole || !['distributed', 'embedded', 'both'].includes(world)) return null
    return { rounds: rounds as number, seed: seed as number, events: events as number, tenants, world }
  } catch {
    return null
  }
}

/** Runs the rounds, and sums up what they found. */
class Suite {
  readonly #started = performance.now()
  readonly #faults = new FaultLog((line) => this.#tell(`  ${line}`))
  readonly #directory: string
  #distributed: DistributedWorld | null = null
  #embedded: EmbeddedWorld | null = null
  acknowledged = 0
  missing = 0
  differences = 0
  events = 0

  constructor(directory: string) {
    this.#directory = directory
  }

  get faults(): Record<string, number> {
    return this.#faults.counts
  }

  async run(rounds: readonly Round[]): Promise<void> {
    try {
      for (const [number, round] of rounds.entries()) {
        const events = round.streams.reduce((sum, spec) => sum + spec.events, 0)
        this.#tell(`round ${number + 1} of ${rounds.length}, ${round.world}: ${events} events`)
        this.events += events
        const result =
          round.world === 'distributed'
            ? await (await this.#openDistributed()).run(round)
            : await (await this.#openEmbedded()).run(round)
        this.acknowledged += result.acknowledged
        this.#judge(result)
      }
      for (const world of this.#worlds()) {
        this.#tell('everything once more')
        this.#judge(await world.auditEverything())
        for (const surprise of await world.stop()) this.#differs(surprise)
      }
      const peak = this.#distributed?.peakMiB ?? 0
      this.#tell(
        `${this.#faults.total} faults; largest projector ${peak} MiB, embedded ${this.#embedded?.peakMiB ?? 0} MiB`,
      )
      if (peak > PROJECTOR_LIMIT_MIB) this.#differs(`a projector took ${peak} MiB, more than ${PROJECTOR_LIMIT_MIB}`)
    } catch (error) {
      this.#differs(error instanceof Error ? (error.stack ?? error.message) : String(error))
      for (const world of this.#worlds()) await world.abandon().catch(() => {})
    }
  }

  #worlds(): World<never>[] {
    return [this.#distributed, this.#embedded].filter((world) => world !== null)
  }

  #judge({ missing, differences, surprises, lag, caughtUpMs, acknowledged }: RoundResult): void {
    this.#tell(`  ${acknowledged} acknowledged, lag of ${lag} recovered in ${caughtUpMs} ms, ${missing} missing`)
    this.missing += missing
    for (const difference of [...differences, ...surprises]) this.#differs(difference)
  }

  #differs(what: string): void {
    this.differences++
    this.#tell(`  DIFFERENCE: ${what}`)
  }

  async #openDistributed(): Promise<DistributedWorld> {
    this.#distributed ??= await DistributedWorld.start(this.#directory, this.#faults)
    return this.#distributed
  }

  async #openEmbedded(): Promise<EmbeddedWorld> {
    this.#embedded ??= await EmbeddedWorld.start(this.#directory, this.#faults)
    return this.#embedded
  }

  #tell(line: string): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1)
    process.stderr.write(`${seconds.padStart(7)} s  ${line}\n`)
  }
}

const options = readOptions()
if (options === null) {
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}
const { rounds, seed, events, tenants, world } = options
const directory = await mkdtemp(join(tmpdir(), 'experience-log-chaos-'))
const suite = new Suite(directory)
await suite.run(
  schedule({ seed, rounds, eventsPerRound: events, tenants }).filter(
    (round) => world === 'both' || round.world === world,
  ),
)
await rm(directory, { recursive: true, force: true })
const { faults, acknowledged, missing, differences } = suite
process.stdout.write(
  `${JSON.stringify({ seed, rounds, faults, events: suite.events, acknowledged, missing, differences })}\n`,
)
process.exit(missing === 0 && differences === 0 && acknowledged === suite.events ? 0 : 1)
