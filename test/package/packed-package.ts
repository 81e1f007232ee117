import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** What building and packing does not need, and what would be built anew. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', 'test', 'stack/target'])

export interface Outcome {
  readonly exitCode: number
  readonly output: string
}

/** Runs a program of Node's to its end. */
export async function runNode(directory: string, args: readonly string[]): Promise<Outcome> {
  try {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: directory })
    return { exitCode: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number
      readonly stdout: string
      readonly stderr: string
    }
    return { exitCode: code, output: stdout + stderr }
  }
}

/** The package as npm would publish it from these sources, and a user's project that has it installed. */
export class PackedPackage {
  /** Paths in the package. */
  readonly files: readonly string[]
  /** Where the user's project lies. */
  readonly project: string

  private constructor(files: readonly string[], project: string) {
    this.files = files
    this.project = project
  }

  static async pack(directory: string): Promise<PackedPackage> {
    const checkout = join(directory, 'checkout')
    await cp(ROOT, checkout, {
      recursive: true,
      filter: (path) => !LEFT_OUT.has(relative(ROOT, path).replaceAll(sep, '/')),
    })
    await symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
    // Builds first, as `npm publish` does.
    await run('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: checkout })
    const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz')) as string
    await run('tar', ['-xzf', join(directory, tarball), '-C', directory])
    const unpacked = join(directory, 'package')
    const entries = await readdir(unpacked, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    const project = join(directory, 'project')
    const packed = new PackedPackage(
      files.map(({ parentPath, name }) => relative(unpacked, join(parentPath, name)).replaceAll(sep, '/')),
      project,
    )
    await packed.#install(unpacked)
    return packed
  }

  /** The text of a file of the package. */
  read(path: string): Promise<string> {
    return readFile(join(this.project, 'node_modules/experience-log', path), 'utf8')
  }

  /** Writes a file of the user's project, and returns its path. */
  async write(path: string, text: string): Promise<string> {
    const file = join(this.project, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }

  /** Links the package and what it depends on into the user's project. Not Node's types: the library's need none. */
  async #install(unpacked: string): Promise<void> {
    const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>
    }
    const modules = join(this.project, 'node_modules')
    await cp(unpacked, join(modules, 'experience-log'), { recursive: true })
    for (const name of Object.keys(manifest.dependencies)) {
      await mkdir(dirname(join(modules, name)), { recursive: true })
      await symlink(join(ROOT, 'node_modules', name), join(modules, name))
    }
  }
}
