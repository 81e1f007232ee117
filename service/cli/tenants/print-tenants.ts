import { OperationsLog } from '../../../operations/log/operations-log.ts'
import type { DeletedTenant } from '../../../operations/tenants/delete-tenant.ts'
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
import { inPath } from '../../../client/in-path.ts'
import { operatorOf, type Operator } from '../over-http/operator.ts'
import { waitNotice } from '../terminal/wait-notice.ts'

/** Prints the tenants of the log, and which of them are held. */
export async function printTenants(context: CommandContext, format: OutputFormat): Promise<number> {
  const operator = operatorOf(context)
  const rows =
    operator === null
      ? await withLog(context, (log) => listTenants(log, context.settings.CLICKHOUSE_DATABASE))
      : await operator.rows('tenants', 'tenants')
  await printRows(context.stdout, rows, format)
  return EXIT.done
}

/** Erases a tenant, and tells which exported files still hold it. Error: `NotFound`. */
export async function deleteTenantData(context: CommandContext, tenant: string): Promise<number> {
  const operator = operatorOf(context)
  const deleted = operator === null ? await deleteHere(context, tenant) : await deleteOverHttp(operator, tenant)
  await writeLine(context.stdout, jsonLine(deleted))
  for (const file of deleted.exports)
    context.stderr.write(`the export ${file} still holds records of the tenant: delete or replace it\n`)
  return EXIT.done
}

type Deleted = DeletedTenant & { readonly tenant: string; readonly exports: readonly string[] }

function deleteHere(context: CommandContext, tenant: string): Promise<Deleted> {
  return withService(context, async (service) => {
    const maintenance = await service.beginMaintenance()
    const conduct = { stopped: context.stopped, onWait: waitNotice(context) }
    return { tenant, ...(await maintenance.deleteTenant(tenant, conduct)) }
  })
}

async function deleteOverHttp(operator: Operator, tenant: string): Promise<Deleted> {
  return JSON.parse(await operator.do(`tenants/${inPath('tenant', tenant)}`, { method: 'DELETE' })) as Deleted
}

/** Prints which files hold copies of tenants, as far as the operations log knows. */
export async function printExports(context: CommandContext, format: OutputFormat): Promise<number> {
  const operator = operatorOf(context)
  const rows =
    operator === null
      ? await withLog(context, async ({ log, topics }) => exportsIndex(await new OperationsLog(log, topics).read()))
      : await operator.rows('exports', 'exports')
  await printRows(context.stdout, rows, format)
  return EXIT.done
}
