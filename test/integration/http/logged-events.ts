import { afterAll } from 'vitest'
import { envelopeDecoder } from '../../../schemas/avro/codec/envelope-avro.ts'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { unframe } from '../../../schemas/avro/wire-format.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { openLog, type OpenLog } from '../../../service/wiring/open-log.ts'
import { settingsOf, type Environment } from '../service-place.ts'

const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))

/** Opened once: the embedded log is opened once a process, and who closes it as often as a test looks may close it for others, too. */
const opened = new Map<Environment, OpenLog>()
afterAll(async () => {
  for (const log of opened.values()) await log.close()
})

/** The JSON texts of what the log holds for a tenant, as another process reads it. */
export async function loggedEvents(environment: Environment, tenant: string | null): Promise<string[]> {
  const reader = opened.get(environment) ?? (await openLog(settingsOf(environment)))
  opened.set(environment, reader)
  const { log, topics } = reader
  const offsets = await log.offsets([topics.topic('events', tenant)])
  const ranges = offsets.map(({ topic, partition, earliest, next }) => ({ topic, partition, from: earliest, to: next }))
  const texts: string[] = []
  for await (const { records } of log.read(ranges)) {
    for (const { value } of records) texts.push(envelopeToJson(decode(unframe(value!)!.body)))
  }
  return texts
}
