import { OperationsLog } from '../../../operations/log/operations-log.ts'
import { exportsIndex } from '../../../operations/tenants/exports-index.ts'
import { listTenants } from '../../../operations/tenants/list-tenants.ts'
import {
  printRows,
  withLog,
  withService,
  writeLine,
  type CommandContext,
  type OutputFormat,
} from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

/** Prints the tenants of the log, and which of them are held. */
export async function printTenants(context: CommandContext, format: OutputFormat): Promise<number> {
  return withLog(context, async (log) => {
    await printRows(context.stdout, await listTenants(log, context.settings.CLICKHOUSE_DATABASE), format)
    return EXIT.done
  })
}

/** Erases a tenant, and tells which exported files still hold it. Error: `NotFound`. */
export async function deleteTenantData(context: CommandContext, tenant: string): Promise<number> {
  return withService(context, async (service) => {
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: context.stopped, onWait: waitNotice(context) }
    const { exports, ...deleted } = await maintenance.deleteTenant(tenant, conduct)
    await writeLine(context.stdout, jsonLine({ tenant, ...deleted, exports }))
    for (const file of exports)
      context.stderr.write(`the export ${file} still holds records of the tenant: delete or replace it\n`)
    return EXIT.done
  })
}

/** Prints which files hold copies of tenants, as far as the operations log knows. */
export async function printExports(context: CommandContext, format: OutputFormat): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    await printRows(context.stdout, exportsIndex(await new OperationsLog(log, topics).read()), format)
    return EXIT.done
  })
}
