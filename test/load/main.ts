import { parseArgs } from 'node:util'
import { newInstallation } from './installation.ts'
import { LoadRun } from './load-run.ts'

// Run by `npm run test:load`: brings a real `serve` as much as it takes, and then three times that, and looks whether it refuses what is too
// much, keeps what it accepts, stays alive and small, and is itself again afterwards. The last line is one of JSON; exit code 1 with faults.

const USAGE = `usage: npm run test:load -- [--seconds N] [--seed S] [--kafka]

  --seconds N  how long it is offered its highest rate, and then three times that (60)
  --seed S     what decides which client sends what, a whole number (1)
  --kafka      with a real broker, a registry, and the ClickHouse engine behind its protocol, instead of all in one process`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    kafka: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [seconds = 0, seed = 0] = [values.seconds, values.seed].map(Number)
if (values.help || !Number.isSafeInteger(seconds) || seconds < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}

const begunAt = performance.now()
function tell(line: string): void {
  process.stderr.write(`${((performance.now() - begunAt) / 1000).toFixed(1).padStart(7)} s  ${line}\n`)
}

const installation = await newInstallation(values.kafka)
const run = new LoadRun(installation, { seconds, seed, tell })
try {
  await run.run()
} finally {
  await installation.remove()
}
const { highestPerSecond, accepted, phases, recovery, tailsCaughtUpAfterS, greedyRefusals, faultCount, faults } = run
console.log(
  JSON.stringify({
    seconds,
    seed,
    log: values.kafka ? 'kafka' : 'embedded',
    highest_events_per_second: highestPerSecond,
    accepted,
    phases,
    streams_taken_after_s: recovery?.streamsTakenS,
    recovered_after_s: recovery?.recoveredS,
    tails_live_after_s: recovery?.tailsLiveS,
    tails_caught_up_after_s: tailsCaughtUpAfterS,
    refusals_of_limited_key: greedyRefusals,
    took_s: Math.round((performance.now() - begunAt) / 1000),
    fault_count: faultCount,
    faults,
  }),
)
process.exitCode = faultCount === 0 ? 0 : 1
