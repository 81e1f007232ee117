import { Command, InvalidArgumentError, Option } from 'commander'
import { check } from './guard/check.ts'
import { readRecord, updatedRecord, writeRecord } from './guard/record.ts'
import { measureSuites, type Measured } from './measure-suites.ts'
import { jsonLine } from './report/json-line.ts'
import { measurementTable } from './report/measurement-table.ts'
import { SUITE_NAMES, type SuiteName } from './suite.ts'

interface Options {
  readonly suite: readonly SuiteName[]
  readonly json?: true
  readonly fast?: true
  readonly check?: true
  readonly writeRecord?: true
  readonly runs?: number
  readonly events?: number
}

const { suite: suites, ...options } = new Command('npm run bench --')
  .description(
    'Measures this project against the strongest alternatives on the same machine. Every ratio is taken in one run.',
  )
  .addOption(new Option('--suite <name...>', 'only these suites').choices(SUITE_NAMES).default(SUITE_NAMES, 'all'))
  .option('--json', 'prints JSON lines, each as soon as it is known, instead of a table')
  .option('--fast', 'the short form: small data, few runs')
  .option('--runs <n>', 'pairs of runs behind each figure (5; fast: 3)', count)
  .option('--events <n>', "how many events, instead of each suite's own number", count)
  .addOption(
    new Option(
      '--check',
      'the short form; exit code 1 where a ratio is worse than bench/record.json by more than its margin',
    )
      .implies({ fast: true })
      .conflicts(['events', 'writeRecord']),
  )
  .addOption(
    new Option('--write-record', 'the short form; writes its ratios to bench/record.json')
      .implies({ fast: true })
      .conflicts('events'),
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>()

if (options.check) {
  if (!(await check(suites, measure))) process.exitCode = 1
} else {
  const { measurements, failed } = await measure(suites)
  if (failed.length > 0) process.exitCode = 1
  // The record never loses the measures of a suite that failed.
  const measured = suites.filter((name) => !failed.includes(name))
  if (options.writeRecord) await writeRecord(updatedRecord(await readRecord(), measurements, measured))
}

async function measure(names: readonly SuiteName[]): Promise<Measured> {
  const isFast = options.fast === true
  const how = { isFast, runs: options.runs ?? (isFast ? 3 : 5), events: options.events ?? null }
  const measured = await measureSuites(names, how, (measurement) => {
    if (options.json) console.log(jsonLine(measurement))
  })
  if (!options.json && names.length > 0) console.log(measurementTable(measured.measurements))
  return measured
}

function count(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number above 0.')
  return Number(text)
}
