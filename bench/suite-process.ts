import { SuiteContext } from './context.ts'
import type { Measurement } from './measurement.ts'
import type { SuiteTask } from './run-suite.ts'
import { loadSuite } from './suite.ts'

const { name, options } = JSON.parse(process.argv[2] ?? '') as SuiteTask
const suite = await loadSuite(name)
const context = new SuiteContext(name, options)
context.note(suite.about)
let exitCode = 0
try {
  for await (const measurement of suite.measure(context)) await send(measurement)
} catch (error) {
  console.error(error)
  exitCode = 1
} finally {
  await context.close()
}
// An engine or a client that a suite did not close must not keep the program waiting.
process.exit(exitCode)

function send(measurement: Measurement): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(measurement, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })
}
