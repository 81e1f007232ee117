import { printRows, withReader, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'

/** Adds the log up by itself, for all tenants or one, and compares with the tables; prints what differs. */
export async function verify(context: CommandContext, tenant?: string): Promise<number> {
  return withReader(context, async (service) => {
    const verification = await service.verify({ tenant })
    await printRows(context.stdout, [verification], 'json')
    return verification.differences.length === 0 ? EXIT.done : EXIT.no
  })
}
