import type { Logger } from 'pino'
import type { Settings } from '../../settings.ts'
import type { Service } from '../../wiring/service.ts'
import { placeOf, type CommandCall } from './command-call.ts'
import { CommandSocket, type CalledCommand } from './command-socket.ts'
import { socketPath } from './socket-path.ts'

/** Runs commands of other terminals. */
export interface CommandRunner {
  /** Release of the package. */
  readonly version: string
  /** Runs a command on what is open; answers with the exit code, and never rejects. */
  readonly run: (command: CalledCommand, service: Service, settings: Settings) => Promise<number>
}

/**
 * Lets commands of other terminals use the data directory that this process has open. Null where it does not have it for itself, or
 * where there can be no socket, which is told: then commands have to wait until it has ended.
 * `where` as in `CommandSocketParts`.
 */
export async function serveCommands(
  settings: Settings,
  service: Service,
  { version, run }: CommandRunner,
  where: () => string | null,
  logger: Logger,
): Promise<CommandSocket | null> {
  if (!service.readModel.embedded) return null
  const path = await socketPath(settings.EXPERIENCE_LOG_DATA)
  if (path === null) return null
  try {
    return await CommandSocket.listen(path, {
      run: (command) => run(command, service, settings),
      whyNot: (call) => whyNot(settings, version, call),
      where,
    })
  } catch (error) {
    logger.warn({ err: error }, 'commands of other terminals cannot be served')
    return null
  }
}

function whyNot(settings: Settings, version: string, call: CommandCall): string | null {
  if (call.version !== version)
    return `the process that serves this data directory is of release ${version}, and this command of ${call.version}`
  const differing = Object.entries(placeOf(settings)).filter(([name, digest]) => call.place[name] !== digest)
  if (differing.length === 0) return null
  return `the process that serves this data directory has another ${differing.map(([name]) => name).join(', ')}`
}
