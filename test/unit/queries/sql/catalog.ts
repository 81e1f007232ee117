import { readableViews } from '../../../../projections/views/readable-views.ts'
import { analystStatement, type AnalystStatement } from '../../../../queries/sql/analyst-statement.ts'
import { viewsAlone } from '../../../../queries/sql/names.ts'
import type { ParameterValue } from '../../../../queries/sql/parameter-values.ts'
import type { SqlTenant } from '../../../../queries/sql/print/tenant-view.ts'

export const catalog = viewsAlone('experience_log', readableViews)
const ACME: SqlTenant = { kind: 'one', tenant: 'acme' }

export function statementFor(
  text: string,
  parameters: Readonly<Record<string, ParameterValue>> = {},
  tenant: SqlTenant = ACME,
): AnalystStatement {
  return analystStatement({ text, tenant, parameters: new Map(Object.entries(parameters)) }, catalog)
}

/** What the engine would get. */
export function printed(text: string, parameters: Readonly<Record<string, ParameterValue>> = {}): string {
  const statement = statementFor(text, parameters)
  if (statement.kind === 'refused') throw new Error(`${text}: ${JSON.stringify(statement.faults)}`)
  return statement.sql
}

/** The codes of what is wrong, in the order of the text. */
export function faultCodes(text: string, parameters: Readonly<Record<string, ParameterValue>> = {}): string[] {
  const statement = statementFor(text, parameters)
  return statement.kind === 'refused' ? statement.faults.map(({ code }) => code) : []
}
