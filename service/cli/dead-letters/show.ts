import { originalRecord } from '../../../consumers/dead-letters/original-record.ts'
import type { DeadLetter } from '../../../consumers/dead-letters/read-dead-letters.ts'
import type { SchemaId, SchemaRegistry } from '../../../log/schema-registry.ts'
import { envelopeAsWritten } from '../../../schemas/avro/codec/envelope-avro.ts'
import { unframe } from '../../../schemas/avro/wire-format.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import { withLog, writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../terminal/json-line.ts'
import { chosenDeadLetters } from '../../../operations/dead-letters/choice.ts'
import { isoTime, summariseDeadLetter } from '../../../operations/dead-letters/dead-letter-summary.ts'

/**
 * Prints all of a dead letter: where and why, what became of it, headers, key, bytes as base64, and the envelope as far as the
 * bytes can be read as one. Error: `NotFound`.
 */
export async function showDeadLetter(context: CommandContext, id: string): Promise<number> {
  return withLog(context, async (open) => {
    const found = await findDeadLetter(open, id)
    const original = await originalRecord(open.log, found.letter)
    const { resolution } = found
    const shown = {
      ...summariseDeadLetter(found, open.topics),
      resolution:
        resolution === null
          ? null
          : {
              resolved_at: isoTime(resolution.resolvedAt),
              resolved_as: resolution.resolvedAs,
              because: resolution.because,
            },
      key: original?.key ?? found.letter.record.key,
      headers: original?.headers ?? {},
      value: original?.value === undefined || original.value === null ? null : base64(original.value),
    }
    const envelope = await envelopeText(open.registry, original?.value ?? null)
    // The envelope's numbers must stay as they are: its text is put in as it is.
    await writeLine(context.stdout, `${jsonLine(shown).slice(0, -1)},"envelope":${envelope ?? 'null'}}`)
    return EXIT.done
  })
}

async function findDeadLetter(open: OpenLog, id: string): Promise<DeadLetter> {
  for await (const found of chosenDeadLetters(open, { ids: [id] })) return found
  throw new ExperienceError('NotFound', `there is no dead letter ${id}`)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** The JSON text of the envelope that the bytes hold, also where it breaks the contract; null where they hold none. */
async function envelopeText(registry: SchemaRegistry, value: Uint8Array | null): Promise<string | null> {
  const framed = value === null ? null : unframe(value)
  if (framed === null) return null
  const schema = await registry.schemaById(framed.schemaId as SchemaId)
  if (schema === null) return null
  try {
    return envelopeAsWritten(schema, framed.body)
  } catch {
    return null
  }
}
