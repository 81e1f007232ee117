// Prints `N passed, N failed, N skipped` over all test runs; fails if a run left no result or anything failed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
const sum = { passed: 0, failed: 0, skipped: 0 }
const add = ({ passed = 0, failed = 0, skipped = 0 }) => {
  sum.passed += passed
  sum.failed += failed
  sum.skipped += skipped
}

const vitest = (text) => {
  const { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests, success } =
    JSON.parse(text)
  // A suite that could not be loaded has no tests to fail.
  const failed = numFailedTests > 0 || success ? numFailedTests : Math.max(1, numFailedTestSuites)
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests }
}

const runs = {
  'vitest.json': vitest,
  'node-22.json': vitest,
  'node-24.json': vitest,
  'nodes.json': JSON.parse,
  'cargo.txt': (text) => {
    const match = /(\d+) passed; (\d+) failed; (\d+) ignored/.exec(text)
    return match === null ? { failed: 1 } : { passed: +match[1], failed: +match[2], skipped: +match[3] }
  },
  'brokers.json': JSON.parse,
  'reference.json': JSON.parse,
  'chaos.json': JSON.parse,
  'bench.json': JSON.parse,
}

for (const [file, countsOf] of Object.entries(runs)) {
  try {
    add(countsOf(readFileSync(join(folder, file), 'utf8')))
  } catch {
    console.error(`${file}: the run left no result`)
    add({ failed: 1 })
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`)
process.exitCode = sum.failed === 0 ? 0 : 1
