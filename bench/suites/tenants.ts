import { pairedRuns, type RunPair } from '../compare.ts'
import { pairedMeasurement, type Better } from '../measurement.ts'
import { serviceEnvironment } from '../service-environment.ts'
import type { Suite } from '../suite.ts'
import { fillTenants, type BenchTenants } from '../tenants/bench-tenants.ts'
import { runTenants, type TenantsRun } from '../tenants/tenants-run.ts'

const FEW = 6
const MANY = [500, 2000]
const MANY_FAST = [500]
const EVENTS = 100_000
const EVENTS_FAST = 50_000
const IDLE_MS = 10_000
const IDLE_FAST_MS = 5000
const TRICKLE_MS = 20_000
const TRICKLE_FAST_MS = 8000

/**
 * What more tenants cost: the same events of many tenants and of few, projected by one process from Kafka into a ClickHouse server, each
 * time by a new process into new tables. One run catches up, then has nothing to do, then gets a trickle: one event a second from each
 * of the many, and as many events a second from the few.
 */
export const suite: Suite = {
  name: 'tenants',
  about: `a projector of many tenants, against the same events of ${FEW}`,
  async *measure(context) {
    const { isFast, runs } = context
    const events = context.events ?? (isFast ? EVENTS_FAST : EVENTS)
    const stack = await context.stack({ clickhouse: true })
    const servers = { ...serviceEnvironment(stack), CLICKHOUSE_URL: stack.clickhouseUrl }
    const few = await fillTenants(servers, FEW, events)
    let databases = 0
    for (const tenants of isFast ? MANY_FAST : MANY) {
      context.note(`writing ${events} events of ${tenants} tenants`)
      const many = await fillTenants(servers, tenants, events)
      const run = (of: BenchTenants): Promise<TenantsRun> =>
        runTenants(of, {
          database: `tenants_${databases++}`,
          idleMs: isFast ? IDLE_FAST_MS : IDLE_MS,
          tricklePerSecond: tenants,
          trickleMs: isFast ? TRICKLE_FAST_MS : TRICKLE_MS,
        })
      const sides = { ours: () => run(many), baseline: () => run(few) }
      // The short form has time for a single pair: the processes are new each time, so that there is less to warm up.
      const pairs = isFast ? [await onePair(sides)] : await pairedRuns(sides, runs)
      for (const [measure, [figure, unit, better]] of Object.entries(figuresOf(tenants))) {
        yield pairedMeasurement(
          { suite: suite.name, measure, unit, baselineName: `${FEW} tenants`, better },
          pairs.map(({ ours, baseline }) => ({ ours: figure(ours), baseline: figure(baseline) })),
        )
      }
      await many.close()
    }
    await few.close()
  },
}

function figuresOf(tenants: number): Record<string, [(run: TenantsRun) => number, string, Better]> {
  return {
    [`${tenants} tenants: catching up`]: [({ catchingUp }) => catchingUp, 'events/s', 'higher'],
    [`${tenants} tenants: nothing to do, CPU`]: [({ idleCpu }) => idleCpu, '% of a core', 'lower'],
    [`${tenants} tenants: a trickle, acknowledged to queryable, p99`]: [({ trickleP99 }) => trickleP99, 'ms', 'lower'],
    [`${tenants} tenants: a trickle, inserts`]: [({ trickleInserts }) => trickleInserts, 'inserts/s', 'lower'],
    [`${tenants} tenants: most resident memory`]: [({ residentMiB }) => residentMiB, 'MiB', 'lower'],
  }
}

async function onePair<Result>(sides: {
  readonly ours: () => Promise<Result>
  readonly baseline: () => Promise<Result>
}): Promise<RunPair<Result, Result>> {
  const baseline = await sides.baseline()
  return { ours: await sides.ours(), baseline }
}
