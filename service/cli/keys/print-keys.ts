import { createKey, listKeys, revokeKey, type NewKey } from '../../../operations/keys/manage-keys.ts'
import { shownKey } from '../../../operations/keys/shown-key.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { printRows, withLog, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Creates a key and prints it with what it may do. */
export function printNewKey(context: CommandContext, key: NewKey): Promise<number> {
  return withOperations(context, async (operations) => [await createKey(operations, key)])
}

/** Prints all keys, without what would open anything. */
export function printKeys(context: CommandContext, format: OutputFormat): Promise<number> {
  return withOperations(
    context,
    async (operations) => (await listKeys(operations)).map((key) => shownKey(key, Date.now())),
    format,
  )
}

/** Revokes a key and prints what it was. Error: `NotFound`. */
export function printRevoked(context: CommandContext, id: string): Promise<number> {
  return withOperations(context, async (operations) => [shownKey(await revokeKey(operations, id), Date.now())])
}

function withOperations(
  context: CommandContext,
  rows: (operations: OperationsLog) => Promise<object[]>,
  format: OutputFormat = 'json',
): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    await printRows(context.stdout, await rows(new OperationsLog(log, topics)), format)
    return EXIT.done
  })
}
