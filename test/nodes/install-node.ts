import { join } from 'node:path'
import { runCommand } from '../../stack/run-command.ts'
import { cachedFolder } from '../cached-folder.ts'

const NPM_LIMIT_MS = 600_000
const CHECK_LIMIT_MS = 60_000

/**
 * The folder with the program `node` of a version, such as `22.23.5`: npm fetches it the first time, as the package with the binary
 * for this platform, and runs no script of it. Rejects where that fails.
 */
export async function installNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`
  const folder = await cachedFolder(`${name}-${version}`, async (fresh) => {
    const args = ['install', '--prefix', fresh, '--no-save', '--ignore-scripts', '--no-audit', `${name}@${version}`]
    const npm = await runCommand('npm', args, NPM_LIMIT_MS)
    if (npm.exitCode !== 0) throw new Error(`npm could not install ${name}@${version}: ${npm.output.slice(-500)}`)
  })
  const programs = join(folder, 'node_modules', name, 'bin')
  const said = await runCommand(join(programs, 'node'), ['--version'], CHECK_LIMIT_MS)
  if (said.output.trim() !== `v${version}`) throw new Error(`node ${version} says of itself: ${said.output}`)
  return programs
}
