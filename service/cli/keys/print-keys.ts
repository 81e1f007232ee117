import { createKey, listKeys, revokeKey, type NewKey } from '../../../operations/keys/manage-keys.ts'
import { shownKey } from '../../../operations/keys/shown-key.ts'
import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { inPath } from '../../../client/in-path.ts'
import { readJsonObject } from '../../../client/read-json.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { printRows, withLog, type CommandContext, type OutputFormat } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { operatorOf, type Operator } from '../over-http/operator.ts'

/** Creates a key and prints it with what it may do. */
export function printNewKey(context: CommandContext, key: NewKey): Promise<number> {
  const { tenant, roles, name, expiresAt: expires, limits } = key
  const body = jsonLine({ tenant, roles, name, expires, limits })
  const sent = { body, headers: { 'content-type': 'application/json' } }
  return printFrom(context, {
    log: async (operations) => [await createKey(operations, key)],
    server: async (operator) => [readJsonObject(await operator.do('keys', sent))],
  })
}

/** Prints all keys, without what would open anything. */
export function printKeys(context: CommandContext, format: OutputFormat): Promise<number> {
  const sources: Sources = {
    log: async (operations) => (await listKeys(operations)).map((key) => shownKey(key, Date.now())),
    server: (operator) => operator.rows('keys', 'keys'),
  }
  return printFrom(context, sources, format)
}

/** Revokes a key and prints what it was. Error: `NotFound`. */
export function printRevoked(context: CommandContext, id: string): Promise<number> {
  return printFrom(context, {
    log: async (operations) => [shownKey(await revokeKey(operations, id), Date.now())],
    server: async (operator) => [readJsonObject(await operator.do(`keys/${inPath('id', id)}`, { method: 'DELETE' }))],
  })
}

/** Where rows come from: the log, or a server that has it. */
interface Sources {
  readonly log: (operations: OperationsLog) => Promise<readonly object[]>
  readonly server: (operator: Operator) => Promise<readonly object[]>
}

async function printFrom(context: CommandContext, sources: Sources, format: OutputFormat = 'json'): Promise<number> {
  const operator = operatorOf(context)
  const rows =
    operator === null
      ? await withLog(context, ({ log, topics }) => sources.log(new OperationsLog(log, topics)))
      : await sources.server(operator)
  await printRows(context.stdout, rows, format)
  return EXIT.done
}
