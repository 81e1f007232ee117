import { expect, test } from 'vitest'
import { runCommand } from '../../../stack/run-command.ts'
import { goProgram } from '../../go-program.ts'
import { openDoor } from '../../integration/clickhouse-door/door-bench.ts'

const LIMIT_MS = 300_000

test('clickhouse-go over HTTP, with each way of compressing', async () => {
  const program = await goProgram(import.meta.dirname)
  const { url, key, database } = await openDoor()
  const { output } = await runCommand(program, [new URL(url).port, key, database], LIMIT_MS)
  expect(output).toMatch(/^\d+ checks\n$/)
})
