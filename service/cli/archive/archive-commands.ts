import type { Commands } from '../commands.ts'
import { printExport } from './print-export.ts'
import { printImport } from './print-import.ts'

/** Adds the commands that carry a log from one place to another. They open the log alone, beside any projector. */
export function addArchive({ command, context, run, runAnywhere }: Commands): void {
  command('export', 'write the log to an Avro file: records with position, key, headers and time')
    .argument('<file>', 'a file that does not exist yet, or - for standard output')
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant')
    .action(
      runAnywhere((file: string, options: { tenant?: string }) => printExport(context(), file, options.tenant ?? null)),
    )

  command('import', 'append the records of an exported file to the same tenants in this log')
    .argument('<file>', 'a file, or - for standard input')
    .action(run((file: string) => printImport(context(), file)))
}
