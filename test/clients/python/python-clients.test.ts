import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openDoor } from '../../integration/clickhouse-door/door-bench.ts'
import { installPython, pythonFolder, runPython } from '../../python-package.ts'

const CONNECT = 'clickhouse-connect==1.12.0'
const SQLALCHEMY = 'sqlalchemy==2.0.51'

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

test('clickhouse-connect, with its defaults and each way of compressing', async (context) => {
  const packages = await installPython(context, CONNECT)
  const { url, key, database } = await openDoor()
  const args = [new URL(url).port, key, database]
  expect(await runPython(packages, [script('connect-check.py'), ...args])).toMatch(/^\d+ checks\n$/)
})

test.each([
  ['clickhousedb', CONNECT],
  ['clickhouse+http', 'clickhouse-sqlalchemy==0.3.2'],
])('SQLAlchemy, with the dialect %s', async (dialect, pythonPackage) => {
  const { url, key, database } = await openDoor()
  const packages = [await pythonFolder(SQLALCHEMY), await pythonFolder(pythonPackage)].join(':')
  const args = [new URL(url).port, key, database, dialect]
  expect(await runPython(packages, [script('sqlalchemy-check.py'), ...args])).toMatch(/^\d+ checks\n$/)
})
