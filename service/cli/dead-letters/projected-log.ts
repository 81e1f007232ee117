import { ExperienceError } from '../../../base/experience-error.ts'
import type { OpenLog } from '../../wiring/open-log.ts'
import { withLog, withReader, type CommandContext } from '../command-context.ts'

/**
 * As `withLog`, for what needs the dead letters and the topics that are held. Where the read model is embedded, nobody else may project:
 * this does, as far as it can, and lets go of the read model before `use`. That is told why it could not; else null. Error: `Interrupted`.
 */
export function withProjectedLog<T>(
  context: CommandContext,
  use: (log: OpenLog, whyNotProjected: string | null) => Promise<T>,
): Promise<T> {
  return withLog(context, async (log) => use(log, await projectFirst(context, log)))
}

async function projectFirst(context: CommandContext, log: OpenLog): Promise<string | null> {
  if (context.settings.CLICKHOUSE_URL !== undefined) return null
  try {
    await withReader(context, (service) => service.projectHere(), log)
    return null
  } catch (error) {
    // Another process has the read model, say: what the log tells by now is an answer all the same.
    if (!(error instanceof ExperienceError) || error.code === 'Interrupted') throw error
    return error.message
  }
}

/** Says that an answer may be short of something. */
export function tellUnprojected({ stderr }: CommandContext, whyNotProjected: string | null): void {
  if (whyNotProjected !== null)
    stderr.write(
      `records that are not projected yet are missing here, because nothing could be projected first: ${whyNotProjected}\n`,
    )
}
