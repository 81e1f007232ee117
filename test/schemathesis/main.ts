import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pythonFolder } from '../python-package.ts'
import { createKey, ServedProcess } from '../served-process.ts'
import { SCHEMATHESIS } from './release.ts'

// Run by `npm run test:schemathesis -- --examples N --seed S`: all phases and checks of schemathesis on the document and the answers of
// a real `serve`, whatever an operator may do included. `schemathesis.toml` and `hooks.py` say what is left out, and why. The last line
// is one of JSON; exit code 1 where anything is found.

/**
 * What never ends (the fuzz suite asks it), and what would end the key that is asked with: schemathesis finds its id among the keys.
 */
const LEFT_OUT = ['getV1Tail', 'deleteV1OpsKeysId']

const { values: options } = parseArgs({
  options: { examples: { type: 'string', default: '10' }, seed: { type: 'string', default: '6' } },
})
const [examples, seed] = [Number(options.examples), Number(options.seed)]

function fileHere(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

async function exitCodeOf(packages: string, url: string, key: string): Promise<number> {
  const args = [
    '-m',
    'schemathesis.cli',
    `--config-file=${fileHere('schemathesis.toml')}`,
    'run',
    `${url}/openapi.json`,
    '--no-color',
    '--continue-on-failure',
    '--phases=examples,coverage,fuzzing,stateful',
    '--request-timeout=60',
    `--max-examples=${examples}`,
    `--seed=${seed}`,
    `--header=Authorization: Bearer ${key}`,
    ...LEFT_OUT.map((id) => `--exclude-operation-id=${id}`),
  ]
  const env = { ...process.env, PYTHONPATH: packages, SCHEMATHESIS_HOOKS: fileHere('hooks.py') }
  const child = spawn('python3', args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}

const begunAt = Date.now()
const packages = await pythonFolder(SCHEMATHESIS)
const data = await mkdtemp(join(tmpdir(), 'experience-log-schemathesis-'))
try {
  const environment = { EXPERIENCE_LOG_DATA: data }
  const key = await createKey(['--all-tenants', '--role', 'produce', 'read', 'operate'], environment)
  const served = await ServedProcess.start(environment)
  const exitCode = await exitCodeOf(packages, served.url, key)
  const crashes = served.isAlive ? 0 : 1
  if (crashes === 0) await served.stop()
  const { failures } = served
  const seconds = Math.round((Date.now() - begunAt) / 1000)
  console.log(JSON.stringify({ examples, seed, seconds, finds: exitCode !== 0, crashes, failures }))
  process.exitCode = exitCode === 0 && crashes + failures.length === 0 ? 0 : 1
} finally {
  await rm(data, { recursive: true, force: true })
}
