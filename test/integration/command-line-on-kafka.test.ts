import { afterEach, describe, expect, test } from 'vitest'
import { expectFailure, expectNoStackTrace } from './command-outcome.ts'
import { jsonLines, killRunningCommands, runCommand, runShell } from './run-command.ts'
import { kafka, servicePlace } from './service-place.ts'
import { json, outcome } from './test-events.ts'

/** Removes every event from the read model, in a process of its own: the engine has one directory a process. */
const EMPTY_EVENTS = `
  import { openChdbReadModelStore } from "./projections/clickhouse/chdb-read-model-store.ts"
  const { EXPERIENCE_LOG_DATA, CLICKHOUSE_DATABASE } = process.env
  const database = CLICKHOUSE_DATABASE ?? "experience_log"
  const store = await openChdbReadModelStore({ directory: EXPERIENCE_LOG_DATA + "/clickhouse", database })
  const tables = await store.query({ sql: "SELECT name FROM system.tables WHERE database = {database:String}", params: { database } })
  const [events] = tables.map(({ name }) => name).filter((name) => name.startsWith("events_"))
  await store.command({ sql: "TRUNCATE TABLE " + database + "." + events })
  await store.close()
`

describe.skipIf(kafka().skipped !== undefined)('the command line on Kafka', () => {
  afterEach(killRunningCommands)

  test('ingests, answers and verifies, and says what differs', async () => {
    const place = await servicePlace()
    const environment = place.newEnvironment(kafka())
    const texts = [outcome({ tenant_id: 'a' }), outcome({ tenant_id: 'b', occurred_at: '2026-04-24' })].map(json)
    const ingested = await runCommand(['ingest'], { environment, stdin: [...texts, texts[0]].join('\n') })
    expect(ingested).toMatchObject({
      exitCode: 0,
      stdout: '{"accepted":3,"rejected":0,"duplicates":1}\n',
      stderr: '',
    })
    const queried = await runCommand(['query'], { environment })
    expect(queried).toMatchObject({ exitCode: 0, stdout: `${texts.join('\n')}\n`, stderr: '' })
    const verified = await runCommand(['verify'], { environment })
    expect(verified).toMatchObject({ exitCode: 0, stdout: '{"events":2,"differences":[]}\n', stderr: '' })

    // Another log, and the same read model: what it holds is of a log that is not this one.
    const other = { ...environment, TOPIC_PREFIX: place.newEnvironment(kafka())['TOPIC_PREFIX'] ?? '' }
    expectFailure(await runCommand(['verify'], { environment: other }), 2, /^InvalidSettings: .*another log/)

    const emptied = await runShell(`node --import tsx --input-type=module -e '${EMPTY_EVENTS}'`, environment)
    expect(emptied).toMatchObject({ exitCode: 0, stderr: '' })
    const differing = await runCommand(['verify'], { environment })
    expectNoStackTrace(differing)
    expect(differing.exitCode).toBe(1)
    const [verification] = jsonLines(differing.stdout)
    expect(verification).toMatchObject({ events: 2 })
    expect(verification?.['differences']).toContainEqual(
      expect.objectContaining({ measure: 'events of kind OutcomeRecorded', log: '1', tables: '0' }),
    )
    await place.dispose()
  })
})
