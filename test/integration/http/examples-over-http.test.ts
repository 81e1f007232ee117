import { fileURLToPath } from 'node:url'
import { describe, expect, test, type TestContext } from 'vitest'
import { runCommand } from '../../../stack/run-command.ts'
import { mustNotSkip } from '../../must-not-skip.ts'
import { lmdb } from '../service-place.ts'
import { HttpBench } from './http-bench.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const RUST = `${ROOT}test/conformance/reference/target`
const LIMIT_MS = 500_000

const bench = new HttpBench()

describe('the examples over HTTP', () => {
  test('curl: appends, asks and follows', async () => {
    const printed = await run(await place('acme'), ['bash', 'examples/http/curl.sh'])
    expect(jsonIn(printed)[0]).toMatchObject({ accepted: 2, rejected: 0, errors: [] })
    expect(jsonIn(printed)[1]).toMatchObject({ count: 2, next: null })
    expect(printed.match(/^\{"event_id":"curl-\d"/gm)).toHaveLength(2)
    expect(printed).toContain('"rows":[{"tenant_id":"acme","chain_id":"chain-curl","outcomes":1,"passed":1,')
    expect(printed).toMatch(/^event: OutcomeRecorded\nevent: BudgetExceeded\n$/m)
  })

  test('TypeScript: appends, reads its writes, follows, and is told what is refused', async () => {
    const printed = await run(await place('acme'), [process.execPath, '--import', 'tsx', 'examples/http/store.ts'])
    expect(printed.match(/"event_id":"ts-\d"/g)).toHaveLength(3)
    expect(printed).toContain('"tokens":18446744073709551615')
    expect(printed.split('\n').slice(3)).toEqual([
      'chain-ts: 3 outcomes, 18446744073709553065 tokens',
      'live: ts-1',
      'live: ts-2',
      'live: ts-3',
      'refused: InvalidQuery time_range.start',
      '',
    ])
  })

  test('Python: emits with retries, asks and follows', async () => {
    const printed = await run(await place('acme'), ['python3', 'examples/http/fleet.py'])
    expect(printed).toBe(
      'py-1 1450\npy-2 18446744073709551615\nrefused: InvalidQuery event.data.tokens\nlive: py-1\nlive: py-2\n',
    )
  })

  test("Rust: Converge's own ExperienceStore answers over HTTP what its store in memory answers", async (context) => {
    await buildRust(context)
    const program = `${RUST}/release/scenarios`
    const names = (await run({}, [program])).trimEnd().split('\n')
    expect(names.length).toBeGreaterThan(10)
    for (const name of names) {
      const inMemory = await run({}, [program, name])
      expect(inMemory, name).not.toBe('')
      const { EXPERIENCE_LOG_URL, EXPERIENCE_LOG_KEY } = await place(null)
      expect(await run({ EXPERIENCE_LOG_KEY }, [program, name, EXPERIENCE_LOG_URL]), name).toBe(inMemory)
    }
  })
})

/** A server with a new, empty log, and a key for it. */
async function place(tenant: string | null) {
  const environment = bench.newEnvironment(lmdb)
  const { url } = await bench.serve(environment)
  return {
    EXPERIENCE_LOG_URL: url,
    EXPERIENCE_LOG_KEY: await bench.createKey(environment, tenant, ['produce', 'read']),
  }
}

/** What a program prints. It must end well, and tell nothing on standard error. */
async function run(environment: Readonly<Record<string, string>>, command: readonly string[]): Promise<string> {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const { exitCode, output } = await runCommand('env', ['-C', ROOT, ...variables, ...command], LIMIT_MS)
  expect(exitCode, output).toBe(0)
  return output
}

/** With what was compiled for the reference program: they share nearly all crates. */
async function buildRust(context: TestContext): Promise<void> {
  const cargo = ['cargo', 'build', '--release', '--locked', '--target-dir', RUST]
  const directory = ['-C', `${ROOT}examples/http/rust`]
  const built = await runCommand('env', [...directory, ...cargo], LIMIT_MS).catch((error: unknown) => ({
    exitCode: 1,
    output: String(error),
  }))
  if (built.exitCode === 0) return
  if (mustNotSkip()) throw new Error(built.output)
  process.stderr.write(`\nSKIPPED: the example in Rust: ${built.output.slice(-500)}\n\n`)
  context.skip()
}

/** The lines that hold JSON. */
function jsonIn(printed: string): unknown[] {
  return printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown)
}
