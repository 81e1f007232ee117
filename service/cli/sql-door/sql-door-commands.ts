import type { Commands } from '../commands.ts'
import { printSetup } from './print-setup.ts'

/** Adds what concerns the user of a ClickHouse server whom statements of others are asked as. */
export function addSqlDoor({ command, context, runHere }: Commands): void {
  const door = command('sql-door', "a ClickHouse server's own wall between the tenants who ask SQL")
  command(
    'setup',
    'print the statements that an administrator of the server runs once, and after a change of the settings; they hold a secret',
    door,
  ).action(runHere(() => printSetup(context())))
}
