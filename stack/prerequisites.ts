import { join } from 'node:path'

import { areArtifactsCached } from './artifact-cache.ts'
import { runCommand } from './run-command.ts'
import { StackError } from './stack-error.ts'

const MINIMUM_JAVA = 17
const VERSION_LIMIT_MS = 30_000

export type Prerequisites = { readonly met: true } | { readonly met: false; readonly reason: StackError }

/** Whether `startStack` can work on this machine, and if not, why: for a test run that must say what it skips. Starts nothing. */
export async function checkPrerequisites(): Promise<Prerequisites> {
  try {
    await requireJava()
    if (!(await areArtifactsCached())) await requireMaven()
    return { met: true }
  } catch (error) {
    if (error instanceof StackError) return { met: false, reason: error }
    throw error
  }
}

/** The `java` to run servers with: JAVA_HOME's, else the PATH's. Rejects with `JavaMissing` or `UnsupportedPlatform`. */
export async function requireJava(): Promise<string> {
  if (process.platform === 'win32') {
    throw new StackError('UnsupportedPlatform', 'the stack needs a POSIX shell and POSIX signals; on Windows use WSL')
  }
  const home = process.env['JAVA_HOME']
  const java = home ? join(home, 'bin', 'java') : 'java'
  const version = await runCommand(java, ['-version'], VERSION_LIMIT_MS).catch((cause: unknown) => {
    throw new StackError(
      'JavaMissing',
      `the stack needs a JDK or JRE, ${MINIMUM_JAVA} or newer; ${java} can't be run`,
      { cause },
    )
  })
  const major = Number(/version "(\d+)/.exec(version.output)?.[1])
  if (!(major >= MINIMUM_JAVA)) {
    throw new StackError(
      'JavaMissing',
      `the stack needs Java ${MINIMUM_JAVA} or newer; ${java} says: ${version.output.trim()}`,
    )
  }
  return java
}

/** Rejects with `MavenMissing` when there is no `mvn` on the PATH. */
export async function requireMaven(): Promise<void> {
  const version = await runCommand('mvn', ['-v'], VERSION_LIMIT_MS).catch(() => undefined)
  if (version?.exitCode !== 0) {
    throw new StackError(
      'MavenMissing',
      'Kafka and the registry are not cached in stack/target and there is no mvn to fetch them',
    )
  }
}
