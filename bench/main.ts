import { Command, InvalidArgumentError, Option } from 'commander'
import type { Measurement } from './measurement.ts'
import { jsonLine } from './report/json-line.ts'
import { measurementTable } from './report/measurement-table.ts'
import { runSuite } from './run-suite.ts'
import { SUITE_NAMES, type SuiteName } from './suite.ts'

interface Options {
  readonly suite: readonly SuiteName[]
  readonly json?: true
  readonly fast?: true
  readonly runs?: number
  readonly events?: number
}

function count(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number above 0.')
  return Number(text)
}

const program = new Command('npm run bench --')
  .description(
    'Measures this project against the strongest alternatives on the same machine. Every ratio is taken in one run.',
  )
  .addOption(new Option('--suite <name...>', 'only these suites').choices(SUITE_NAMES).default(SUITE_NAMES, 'all'))
  .option('--json', 'prints JSON lines, each as soon as it is known, instead of a table')
  .option('--fast', 'the short form: small data, few runs')
  .option('--runs <n>', 'pairs of runs behind each figure (5; fast: 3)', count)
  .option('--events <n>', "how many events, instead of each suite's own number", count)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()

const { suite: names, json, fast, runs, events } = program.opts<Options>()
const isFast = fast === true
const measurements: Measurement[] = []
for (const name of names) {
  try {
    await runSuite(name, { isFast, runs: runs ?? (isFast ? 3 : 5), events: events ?? null }, (measurement) => {
      measurements.push(measurement)
      if (json) console.log(jsonLine(measurement))
    })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
if (!json) console.log(measurementTable(measurements))
