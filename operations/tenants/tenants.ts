import {
  printRows,
  withLog,
  withService,
  writeLine,
  type CommandContext,
  type OutputFormat,
} from '../../service/cli/command-context.ts'
import { EXIT } from '../../service/cli/exit-codes.ts'
import { jsonLine } from '../../service/cli/terminal/json-line.ts'
import { waitNotice } from '../../service/cli/terminal/wait-notice.ts'

/** Prints the tenants of the log. Of a topic whose name is shortened the tenant is not known. */
export async function printTenants(context: CommandContext, format: OutputFormat): Promise<number> {
  return withLog(context, async ({ log, topics }) => {
    const prefix = topics.topicPrefix('events')
    const sizes = new Map<string, bigint>()
    for (const { topic, earliest, next } of await log.offsets(await log.topics(prefix)))
      sizes.set(topic, (sizes.get(topic) ?? 0n) + next - earliest)
    const rows = Array.from(sizes, ([topic, records]) => {
      const tenant = topics.tenant(topic)
      return { tenant: tenant === undefined ? null : (tenant ?? ''), topic, records }
    })
    await printRows(context.stdout, rows, format)
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
      context.stderr.write(`the export ${file} still holds records of the tenant: delete or replace that file\n`)
    return EXIT.done
  })
}
