import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { RegisteredSchemas } from '../../../log/archive/registered-schemas.ts'
import { simulateFleet } from '../../../producers/fleet/simulate-fleet.ts'
import { envelopeAsWritten } from '../../../schemas/avro/codec/envelope-avro.ts'
import { schemaIdOf } from '../../../schemas/avro/wire-format.ts'
import { printExport } from '../../../service/cli/archive/print-export.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { openProducer } from '../../../service/wiring/open-producer.ts'
import { readTopics } from '../../contract/event-log/event-log-fixture.ts'
import { installPython, runPython } from '../../python-package.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { presentSchema } from '../dead-letters/bad-records.ts'
import { settingsOf } from '../service-place.ts'
import { appendHostileRecords, EXTREME } from './hostile-log.ts'
import { runInProcess, summaryOf } from './run-in-process.ts'

const PACKAGE = 'fastavro==1.13.1'
const SCRIPT = fileURLToPath(new URL('../../conformance/fastavro-archive-check.py', import.meta.url))

test('fastavro reads what was exported, records of every foreign make too', async (context) => {
  const packages = await installPython(context, PACKAGE)
  const directory = await temporaryDirectory()
  const environment = { EXPERIENCE_LOG_DATA: directory.path }
  const open = await openLog(settingsOf(environment))
  const producer = await openProducer(open, settingsOf(environment))
  await producer.appendMany([...simulateFleet({ seed: 2, events: 500 })], { validated: true })
  await producer.close()
  await appendHostileRecords(open, 'acme')
  const expected = await expectedLines(open)
  await open.close()

  const [archive, lines] = ['log.avro', 'expected'].map((name) => join(directory.path, name)) as [string, string]
  const outcome = await runInProcess(environment, (each) => printExport(each, archive, null))
  await writeFile(lines, expected.join('\n'))
  expect(summaryOf(outcome.stdout).records).toBe(expected.length)
  expect(await runPython(packages, [SCRIPT, archive, lines])).toBe(`${expected.length} records as expected\n`)
  await directory.remove()
})

/** What the log holds, read without the code that exports. */
async function expectedLines(open: OpenLog): Promise<string[]> {
  const present = await presentSchema(open)
  const text = (await open.registry.schemaById(present as never)) as string
  const schemas = new RegisteredSchemas(open.registry)
  const told = new Set<number>()
  const lines: string[] = []
  for (const topic of await open.log.topics('')) {
    for (const { value, offset, ...head } of await readTopics(open.log, [topic])) {
      const id = value === null ? null : schemaIdOf(value)
      let said: object = {}
      if (value !== null) {
        const schema = id === null || told.has(id) ? null : ((await schemas.find(id))?.text ?? null)
        said = { bytes: Buffer.from(value).toString('base64'), schema }
        const json = id === present ? asWritten(text, value) : null
        if (json !== null) said = { json }
        else if (id !== null) told.add(id)
      }
      lines.push(JSON.stringify({ ...head, offset: Number(offset), ...said }))
    }
  }
  return lines
}

/** The JSON text of a body, also of one that breaks the contract; null where it does not fit its schema. */
function asWritten(schema: string, value: Uint8Array): string | null {
  try {
    // The check takes every long for an unsigned one.
    return envelopeAsWritten(schema, Buffer.from(value.subarray(5))).replace(':-1,', `:${EXTREME},`)
  } catch {
    return null
  }
}
