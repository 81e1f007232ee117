import type { Verification } from '../../operations/verify/verify.ts'
import { printRows, withReader, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { operatorOf, type Act, type Operator } from './over-http/operator.ts'

/** Adds the log up by itself, for all tenants or one, and compares with the tables; prints what differs. */
export async function verify(context: CommandContext, tenant?: string): Promise<number> {
  const operator = operatorOf(context)
  const verification =
    operator === null
      ? await withReader(context, (service) => service.verify({ tenant }))
      : await verifyOverHttp(operator, tenant)
  await printRows(context.stdout, [verification], 'json')
  return verification.differences.length === 0 ? EXIT.done : EXIT.no
}

async function verifyOverHttp(operator: Operator, tenant?: string): Promise<Verification> {
  const begun = JSON.parse(await operator.do('verify', { query: { tenant_id: tenant } })) as Act
  return (await operator.resultOf(begun)) as Verification
}
