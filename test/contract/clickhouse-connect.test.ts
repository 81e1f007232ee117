import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, type TestContext } from 'vitest'
import { runCommand } from '../../stack/run-command.ts'
import { mustNotSkip } from '../must-not-skip.ts'
import { startClickHouse } from './clickhouse-server-fixture.ts'

const PACKAGE = 'clickhouse-connect==1.12.0'
const TARGET = fileURLToPath(new URL('../../stack/target', import.meta.url))
const SCRIPT = fileURLToPath(new URL('clickhouse-connect-check.py', import.meta.url))
const LIMIT_MS = 240_000

test('the server does what ClickHouse’s Python client asks of one', { timeout: LIMIT_MS }, async (context) => {
  const packages = await install(context)
  const fixture = await startClickHouse()
  try {
    const [host = '', port = ''] = fixture.server.address.split(':')
    const check = await runCommand('env', [`PYTHONPATH=${packages}`, 'python3', SCRIPT, host, port], LIMIT_MS)
    expect(check.output).toMatch(/^\d+ checks\n$/)
  } finally {
    await fixture.stop()
  }
})

/** The folder with the client, fetched with pip the first time. */
async function install(context: TestContext): Promise<string> {
  const version = await runCommand('python3', ['--version'], LIMIT_MS).catch(() => undefined)
  if (version?.exitCode !== 0) return skip(context, 'no python3')
  const cached = join(TARGET, `${version.output.trim()} ${PACKAGE}`.replaceAll(/[ =]+/g, '-'))
  if (await exists(cached)) return cached
  await mkdir(TARGET, { recursive: true })
  const fresh = await mkdtemp(join(TARGET, 'python-'))
  const pip = await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--target', fresh, PACKAGE], LIMIT_MS)
  if (pip.exitCode !== 0) {
    await rm(fresh, { recursive: true })
    return skip(context, `pip could not install ${PACKAGE}: ${pip.output.slice(-500)}`)
  }
  // By a rename, so that the folder is whole or absent; another run may have been faster.
  await rename(fresh, cached).catch(() => rm(fresh, { recursive: true }))
  return cached
}

function skip(context: TestContext, reason: string): never {
  if (mustNotSkip()) throw new Error(reason)
  process.stderr.write(
    `\n${'!'.repeat(100)}\nSKIPPED: clickhouse-connect against the stack: ${reason}\n${'!'.repeat(100)}\n\n`,
  )
  return context.skip(reason)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
