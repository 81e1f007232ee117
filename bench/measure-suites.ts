import type { BenchOptions } from './context.ts'
import type { Measurement } from './measurement.ts'
import { runSuite } from './run-suite.ts'
import type { SuiteName } from './suite.ts'

/** What several suites found. */
export interface Measured {
  readonly measurements: readonly Measurement[]
  /** Suites that failed; some of their figures may be there. */
  readonly failed: readonly SuiteName[]
}

/** Runs suites one after the other; one that fails is told on stderr, and the others run all the same. */
export async function measureSuites(
  names: readonly SuiteName[],
  options: Omit<BenchOptions, 'directory'>,
  onMeasurement: (measurement: Measurement) => void,
): Promise<Measured> {
  const measurements: Measurement[] = []
  const failed: SuiteName[] = []
  for (const name of names) {
    try {
      await runSuite(name, options, (measurement) => {
        measurements.push(measurement)
        onMeasurement(measurement)
      })
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
      failed.push(name)
    }
  }
  return { measurements, failed }
}
