import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runCommand } from '../stack/run-command.ts'
import { cachedFolder } from './cached-folder.ts'

const BUILD_LIMIT_MS = 600_000
const VERSION_LIMIT_MS = 30_000

/** Whether there is a Go to build with. */
export async function hasGo(): Promise<boolean> {
  const version = await runCommand('go', ['version'], VERSION_LIMIT_MS).catch(() => undefined)
  return version?.exitCode === 0
}

/** The program of a folder with `main.go`, `go.mod` and `go.sum`, built where that has not been done; it is called as the folder is. */
export async function goProgram(source: string): Promise<string> {
  const name = basename(source)
  const hash = createHash('sha256')
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(source, file)))
  const folder = await cachedFolder(`${name}-${hash.digest('hex').slice(0, 16)}`, async (fresh) => {
    const args = ['build', '-C', source, '-o', join(fresh, name), '.']
    const { exitCode, output } = await runCommand('go', args, BUILD_LIMIT_MS)
    if (exitCode !== 0) throw new Error(`go could not build ${name}: ${output.slice(-2000)}`)
  })
  return join(folder, name)
}
