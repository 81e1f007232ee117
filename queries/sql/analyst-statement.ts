import { ownNames, type SqlCatalog } from './names.ts'
import type { ParameterValues } from './parameter-values.ts'
import { parseStatement } from './read/parse.ts'
import { printStatement } from './print/print-statement.ts'
import { SqlRefused, type SqlFault } from './sql-fault.ts'
import type { SqlTenant } from './print/tenant-view.ts'
import type { Query } from './syntax-tree.ts'
import type { TableFilters } from './table-filters.ts'
import { faultsOf } from './check/validate.ts'
import { walkQuery } from './walk.ts'

/** A statement as somebody wrote it who may see a tenant's rows, or all. */
export interface AnalystQuestion {
  readonly text: string
  readonly tenant: SqlTenant
  readonly parameters: ParameterValues
}

/** All that is wrong with a statement: one fault at least. */
export interface RefusedStatement {
  readonly kind: 'refused'
  readonly faults: readonly SqlFault[]
}

export type AnalystStatement = { readonly kind: 'statement'; readonly sql: string } | RefusedStatement

/** The statement that the engine gets for what an analyst wrote, or all that is wrong with it. Pure. */
export function analystStatement(question: AnalystQuestion, catalog: SqlCatalog): AnalystStatement {
  return orRefused(() => checkedStatement(parseStatement(question.text), question, catalog))
}

/** What is done, or the fault at which reading could not go on. */
export function orRefused<Result>(read: () => Result): Result | RefusedStatement {
  try {
    return read()
  } catch (error) {
    if (error instanceof SqlRefused) return { kind: 'refused', faults: [error.fault] }
    throw error
  }
}

/** As `analystStatement`, of a statement that was read from the question's text. Rows of views that `filters` leave out are not there. */
export function checkedStatement(
  query: Query,
  { text, tenant, parameters }: AnalystQuestion,
  catalog: SqlCatalog,
  filters: TableFilters = new Map(),
): AnalystStatement {
  const own = ownNames(query)
  const faults = [...faultsOf(query, catalog, own, parameters), ...unused(query, parameters)]
  if (faults.length > 0) return { kind: 'refused', faults }
  return { kind: 'statement', sql: printStatement(query, { catalog, own, tenant, parameters, filters, text }) }
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
