import { expect, test } from 'vitest'
import { installPython, runPython } from '../../python-package.ts'
import { lmdb } from '../service-place.ts'
import { SCHEMATHESIS } from '../../schemathesis/release.ts'
import { HttpBench } from './http-bench.ts'

const bench = new HttpBench()

/** What never ends, and what would end the key that is asked with. */
const LEFT_OUT = '^/v1/tail|^/v1/ops/'
const EXAMPLES = 10
const SEED = 6

test('schemathesis finds nothing in what the document says and the process answers', async (context) => {
  const packages = await installPython(context, SCHEMATHESIS)
  const environment = bench.newEnvironment(lmdb)
  const key = await bench.createKey(environment, null, ['produce', 'read'])
  const { url } = await bench.serve(environment)
  const output = await runPython(packages, [
    '-m',
    'schemathesis.cli',
    'run',
    `${url}/openapi.json`,
    '--no-color',
    '--continue-on-failure',
    '--phases=fuzzing',
    `--max-examples=${EXAMPLES}`,
    `--seed=${SEED}`,
    '--request-timeout=60',
    `--header=Authorization: Bearer ${key}`,
    `--exclude-path-regex=${LEFT_OUT}`,
    // No schema says which positions and cursors there are, and which texts are times.
    '--exclude-checks=positive_data_acceptance',
  ])
  expect(output).not.toMatch(/=+ (FAILURES|ERRORS) =+/)
  expect(output).toMatch(/ (\d+) generated, \1 passed/)
})
