import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { installPython, runPython } from '../../python-package.ts'
import { startClickHouse } from './clickhouse-server-fixture.ts'

const PACKAGE = 'clickhouse-connect==1.12.0'
const SCRIPT = fileURLToPath(new URL('clickhouse-connect-check.py', import.meta.url))

test('the server does what ClickHouse’s Python client asks of one', async (context) => {
  const packages = await installPython(context, PACKAGE)
  const fixture = await startClickHouse()
  try {
    const [host = '', port = ''] = fixture.server.address.split(':')
    expect(await runPython(packages, [SCRIPT, host, port])).toMatch(/^\d+ checks\n$/)
  } finally {
    await fixture.stop()
  }
})
