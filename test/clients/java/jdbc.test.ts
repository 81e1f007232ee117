import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireJava, requireMaven } from '../../../stack/prerequisites.ts'
import { runCommand } from '../../../stack/run-command.ts'
import { cachedFolder } from '../../cached-folder.ts'
import { openDoor } from '../../integration/clickhouse-door/door-bench.ts'

const DRIVER = 'clickhouse-jdbc-0.9.8'
const LIMIT_MS = 300_000

function source(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

async function driver(): Promise<string> {
  return cachedFolder(DRIVER, async (folder) => {
    await requireMaven()
    const args = ['-q', '-B', '-f', source('pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`]
    const { exitCode, output } = await runCommand('mvn', args, LIMIT_MS)
    if (exitCode !== 0) throw new Error(`mvn could not fetch the driver: ${output.slice(-2000)}`)
  })
}

test('the JDBC driver, with its defaults: what tools ask when they connect, and questions', async () => {
  const java = await requireJava()
  const classPath = join(await driver(), '*')
  const { url, key, database } = await openDoor()
  const args = ['-cp', classPath, source('JdbcCheck.java'), new URL(url).port, key, database]
  const { output } = await runCommand(java, args, LIMIT_MS)
  expect(output).toMatch(/^(?:SLF4J.*\n)*\d+ checks\n$/)
})
