import { positionText } from '../../../base/position.ts'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/types/event-input-types.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { openProducer } from '../../../service/wiring/open-producer.ts'
import { settingsOf, type Environment } from '../service-place.ts'

/** Appends events, as another process would, and returns their positions. */
export async function appendEvents(
  environment: Environment,
  events: readonly ExperienceEventEnvelopeInput[],
): Promise<string[]> {
  const settings = settingsOf(environment)
  const log = await openLog(settings)
  try {
    const producer = await openProducer(log, settings)
    const positions = await producer.appendMany(events)
    await producer.close()
    return positions.map(positionText)
  } finally {
    await log.close()
  }
}
