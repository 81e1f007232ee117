import type { OutputFormat } from '../command-context.ts'
import type { Commands } from '../commands.ts'
import { withFormat } from '../options.ts'
import { deleteTenantData, printExports, printTenants } from './print-tenants.ts'

/** Adds the commands about whole tenants. */
export function addTenants({ command, context, runAnywhere }: Commands): void {
  const tenants = command('tenants', 'list tenants, or erase one')
  withFormat(command('list', 'list tenants with their topics and sizes', tenants)).action(
    runAnywhere((options: { format: OutputFormat }) => printTenants(context(), options.format)),
  )
  command(
    'delete',
    'erase a tenant: its topics, its dead letters and its rows in every generation; leaves an audit record',
    tenants,
  )
    .argument('<id>', "tenant; '' is the events without a tenant")
    .action(runAnywhere((id: string) => deleteTenantData(context(), id)))

  const exports = command('exports', 'files that hold copies of tenants')
  withFormat(command('list', 'list exports, the oldest first', exports)).action(
    runAnywhere((options: { format: OutputFormat }) => printExports(context(), options.format)),
  )
}
