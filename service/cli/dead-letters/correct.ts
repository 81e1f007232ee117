import type { Readable } from 'node:stream'
import { ExperienceError } from '../../../base/experience-error.ts'
import { correctDeadLetter } from '../../../operations/dead-letters/retry.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { decodeUtf8 } from '../../../schemas/json/decode-utf8.ts'
import { envelopeFromJson } from '../../../schemas/json/envelope-json.ts'
import { printRows, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { checkNoServer } from '../over-http/check-no-server.ts'
import { openInput } from '../terminal/open-input.ts'
import { printSettled } from './print-settled.ts'
import { withProjectedLog } from './projected-log.ts'

/** Larger than any envelope that the log takes, in whatever spelling. */
const MAX_EVENT_BYTES = 16 << 20

/** Appends a corrected event in place of a bad record. One that is refused is told on stderr with its field; exit code 1. */
export async function printCorrected(context: CommandContext, id: string, file: string): Promise<number> {
  checkNoServer(context.settings)
  let envelope: ExperienceEventEnvelope
  const { stream } = await openInput(context, file)
  try {
    envelope = envelopeFromJson(decodeUtf8(await readAll(stream)))
  } catch (error) {
    if (!(error instanceof ExperienceError) || error.code !== 'InvalidQuery') throw error
    const { field = 'document', message } = error
    await printRows(context.stderr, [{ id, reason: 'Invalid', field, message }], 'json')
    return EXIT.no
  }
  return withProjectedLog(context, (log) =>
    printSettled(context, correctDeadLetter(log, id, envelope, context.stopped)),
  )
}

async function readAll(input: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of input as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_EVENT_BYTES) {
      const message = `document: an event may take ${MAX_EVENT_BYTES} bytes at most`
      throw new ExperienceError('InvalidQuery', message, { field: 'document' })
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
