import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { installNode } from './install-node.ts'

// Run by `npm run test:nodes`, after `npm run build`: on the versions of Node that are supported besides the one of `npm test`, all
// tests without servers, the command line on a real Kafka, and what was built at the embedded size. Fails if any of it fails.
// With --results DIR, vitest's figures go there as node-22.json and so on.

const VERSIONS = '22.23.5,24.22.3'
const TESTS = ['test/unit', 'test/conformance', 'test/integration/command-line-on-kafka.test.ts']
const BUILT = 'dist/service/cli/bin.cjs'
/** Each must end with 0 and warn of nothing. */
const EMBEDDED = [['demo', '--events', '2000'], ['verify'], ['rebuild'], ['rollback'], ['verify'], ['summary']]

const { values: options } = parseArgs({
  options: { versions: { type: 'string', default: VERSIONS }, results: { type: 'string' } },
})

/** Runs node to its end; answers with its exit code and what it printed to standard error. */
async function runNode(
  programs: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ exitCode: number | null; stderr: string }> {
  const env = { ...environment, PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }
  const child = spawn(join(programs, 'node'), args, { env, stdio: ['ignore', 'inherit', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    process.stderr.write(text)
  })
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exitCode, stderr }
}

async function runTests(version: string, programs: string): Promise<boolean> {
  const major = version.split('.')[0]
  const figures =
    options.results === undefined
      ? []
      : ['--reporter=json', `--outputFile.json=${join(options.results, `node-${major}.json`)}`]
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...TESTS, '--reporter=default', ...figures]
  return (await runNode(programs, args, process.env)).exitCode === 0
}

async function runEmbedded(programs: string): Promise<boolean> {
  const data = await mkdtemp(join(tmpdir(), 'experience-log-node-'))
  try {
    for (const command of EMBEDDED) {
      // Without settings, which might name servers.
      const { exitCode, stderr } = await runNode(programs, [BUILT, '--data', data, ...command], {})
      if (exitCode === 0 && !stderr.includes('Warning:')) continue
      console.error(`${command.join(' ')}: exit code ${exitCode}`)
      return false
    }
    return true
  } finally {
    await rm(data, { recursive: true })
  }
}

let isGood = true
for (const version of options.versions.split(',')) {
  console.log(`── node ${version}`)
  const programs = await installNode(version)
  const passed = { tests: await runTests(version, programs), embedded: await runEmbedded(programs) }
  console.log(`── node ${version}: ${JSON.stringify(passed)}`)
  isGood &&= passed.tests && passed.embedded
}
process.exitCode = isGood ? 0 : 1
