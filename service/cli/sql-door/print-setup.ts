import { ExperienceError } from '../../../base/experience-error.ts'
import { userIn } from '../../../projections/clickhouse/server-url.ts'
import { setupText } from '../../../projections/sql-door/setup-text.ts'
import { sqlDoorOf } from '../../sql/sql-door-of.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Prints what makes the server a wall: it asks no server, since the service's own user has no right to change users. Error: `InvalidSettings`. */
export async function printSetup({ settings, stdout }: CommandContext): Promise<number> {
  const { CLICKHOUSE_URL: url, CLICKHOUSE_DATABASE: database } = settings
  const door = sqlDoorOf(settings)
  if (url === undefined || door === null) {
    const message =
      'CLICKHOUSE_URL, CLICKHOUSE_SQL_USERNAME, CLICKHOUSE_SQL_PASSWORD: needed, for what is printed is made of them'
    throw new ExperienceError('InvalidSettings', message, { field: 'CLICKHOUSE_SQL_USERNAME' })
  }
  await writeLine(stdout, setupText(database, door, userIn(url)))
  return EXIT.done
}
