import { expect, test } from 'vitest'
import { runCommand } from '../run-command.ts'

const environment = {
  CLICKHOUSE_URL: 'http://writer:secret-of-writer@clickhouse.example:8123',
  CLICKHOUSE_DATABASE: 'agents',
  CLICKHOUSE_SQL_USERNAME: 'analysts',
  CLICKHOUSE_SQL_PASSWORD: 'a password that nobody types',
}

test('sql-door setup prints statements and comments, without asking a server, and no password', async () => {
  const { exitCode, stdout, stderr } = await runCommand(['sql-door', 'setup'], { environment })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toMatch(/^-- .*\n/)
  expect(stdout).toContain('\nGRANT SELECT ON `agents`.events_* TO `analysts`;\n')
  expect(stdout).toContain('\nGRANT SHOW ROW POLICIES ON *.* TO `writer`;\n')
  for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^$|^-- |;$/)
  expect(stdout).not.toMatch(/nobody types|secret-of-writer/)
})

test('sql-door setup names the settings that it needs', async () => {
  const { exitCode, stderr } = await runCommand(['sql-door', 'setup'], { environment: {} })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('CLICKHOUSE_URL, CLICKHOUSE_SQL_USERNAME, CLICKHOUSE_SQL_PASSWORD')
})
