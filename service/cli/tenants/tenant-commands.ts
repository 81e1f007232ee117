import type { OutputFormat } from '../command-context.ts'
import type { Commands } from '../commands.ts'
import { withFormat } from '../options.ts'
import { deleteTenantData, printExports, printTenants } from './print-tenants.ts'

/** Adds the commands about whole tenants. */
export function addTenants({ command, context, run }: Commands): void {
  const tenants = command('tenants', 'tenants of the log: which there are, and how to erase one')
  withFormat(command('list', 'tenants with topics and sizes', tenants)).action(
    run((options: { format: OutputFormat }) => printTenants(context(), options.format)),
  )
  command('delete', 'erase a tenant: topics, dead letters, rows of every generation; leaves an audit record', tenants)
    .argument('<id>', "tenant; '' for events without one")
    .action(run((id: string) => deleteTenantData(context(), id)))

  const exports = command('exports', 'files that hold copies of tenants')
  withFormat(command('list', 'the index of exports, the oldest first', exports)).action(
    run((options: { format: OutputFormat }) => printExports(context(), options.format)),
  )
}
