import { ownNames, type SqlCatalog } from './names.ts'
import type { ParameterValues } from './parameter-values.ts'
import { parseStatement } from './read/parse.ts'
import { printStatement } from './print/print-statement.ts'
import { SqlRefused, type SqlFault } from './sql-fault.ts'
import type { SqlTenant } from './print/tenant-view.ts'
import type { Query } from './syntax-tree.ts'
import { faultsOf } from './check/validate.ts'
import { walkQuery } from './walk.ts'

/** A statement as somebody wrote it who may see a tenant's rows, or all. */
export interface AnalystQuestion {
  readonly text: string
  readonly tenant: SqlTenant
  readonly parameters: ParameterValues
}

export type AnalystStatement =
  | { readonly kind: 'statement'; readonly sql: string }
  | { readonly kind: 'refused'; readonly faults: readonly SqlFault[] }

/** The statement that the engine gets for what an analyst wrote, or all that is wrong with it. Pure. */
export function analystStatement({ text, tenant, parameters }: AnalystQuestion, catalog: SqlCatalog): AnalystStatement {
  try {
    const query = parseStatement(text)
    const own = ownNames(query)
    const faults = [...faultsOf(query, catalog, own, parameters), ...unused(query, parameters)]
    if (faults.length > 0) return { kind: 'refused', faults }
    return { kind: 'statement', sql: printStatement(query, { catalog, own, tenant, parameters, text }) }
  } catch (error) {
    if (error instanceof SqlRefused) return { kind: 'refused', faults: [error.fault] }
    throw error
  }
}

/** Parameters that were given and mean nothing: slips. */
function unused(query: Query, parameters: ParameterValues): SqlFault[] {
  const used = new Set<string>()
  walkQuery(query, {
    expression: (expression) => {
      if (expression.kind === 'parameter') used.add(expression.name)
    },
  })
  return [...parameters.keys()]
    .filter((name) => !used.has(name))
    .map((name) => ({ code: 'parameter', message: `no {${name.slice(0, 80)}:…} stands in the statement`, at: 0 }))
}
