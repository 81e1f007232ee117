import { envelopeDecoder } from '../../../schemas/avro/codec/envelope-avro.ts'
import { envelopeAvroSchema } from '../../../schemas/avro/schema/avro-schema.ts'
import { unframe } from '../../../schemas/avro/wire-format.ts'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { settingsOf, type Environment } from '../service-place.ts'

const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))

/** The JSON texts of what the log holds for a tenant, read beside the process that writes it. */
export async function loggedEvents(environment: Environment, tenant: string | null): Promise<string[]> {
  const opened = await openLog(settingsOf(environment))
  try {
    const { log, topics } = opened
    const offsets = await log.offsets([topics.topic('events', tenant)])
    const ranges = offsets.map(({ earliest, next, ...partition }) => ({ ...partition, from: earliest, to: next }))
    const texts: string[] = []
    for await (const { records } of log.read(ranges)) {
      for (const { value } of records) texts.push(envelopeToJson(decode(unframe(value!)!.body)))
    }
    return texts
  } finally {
    await opened.close()
  }
}
