import type { TestContext } from 'vitest'
import { runCommand } from '../stack/run-command.ts'
import { cachedFolder } from './cached-folder.ts'
import { mustNotSkip } from './must-not-skip.ts'

/** For one program: pip, or a check. */
const PYTHON_LIMIT_MS = 240_000

/** Runs a Python program with a package that `installPython` has fetched; answers with what it printed. */
export async function runPython(packages: string, args: readonly string[]): Promise<string> {
  return (await runCommand('env', [`PYTHONPATH=${packages}`, 'python3', ...args], PYTHON_LIMIT_MS)).output
}

/** The folder with a package, such as `fastavro==1.13.1`, fetched with pip the first time. Skips the test without Python or pip. */
export async function installPython(context: TestContext, pythonPackage: string): Promise<string> {
  const version = await runCommand('python3', ['--version'], PYTHON_LIMIT_MS).catch(() => undefined)
  if (version?.exitCode !== 0) return skip(context, pythonPackage, 'no python3')
  try {
    return await pythonFolder(pythonPackage)
  } catch (error) {
    return skip(context, pythonPackage, String(error))
  }
}

/** As `installPython`, outside of a test; rejects where there is no Python, or no pip. */
export async function pythonFolder(pythonPackage: string): Promise<string> {
  const version = await runCommand('python3', ['--version'], PYTHON_LIMIT_MS)
  const name = `${version.output.trim()} ${pythonPackage}`.replaceAll(/[ =]+/g, '-')
  return cachedFolder(name, async (folder) => {
    const args = ['-m', 'pip', 'install', '--quiet', '--target', folder, pythonPackage]
    const pip = await runCommand('python3', args, PYTHON_LIMIT_MS)
    if (pip.exitCode !== 0) throw new Error(`pip could not install it: ${pip.output.slice(-500)}`)
  })
}

function skip(context: TestContext, pythonPackage: string, reason: string): never {
  if (mustNotSkip()) throw new Error(reason)
  process.stderr.write(`\n${'!'.repeat(100)}\nSKIPPED: what needs ${pythonPackage}: ${reason}\n${'!'.repeat(100)}\n\n`)
  return context.skip(reason)
}
