import { quoteText } from '../../../base/quote-sql.ts'
import { typeText } from '../check/allowed-types.ts'
import { walkQuery } from '../walk.ts'
import { quoteName, tableOfWith } from './quote-name.ts'
import { constantsOf, viewOf, type OwnNames, type SqlCatalog } from '../names.ts'
import type { ParameterValues } from '../parameter-values.ts'
import type { TableFilters } from '../table-filters.ts'
import { constantTableSql } from './constant-sql.ts'
import { printExpression, printOrder, printWindow, type PrintScope } from './print-expression.ts'
import { earlyLimit, type EarlyLimit } from './early-limit.ts'
import { ofRows, safeConditions } from './safe-conditions.ts'
import { NOTHING_WITHIN, tenantView, type SqlTenant, type WithinView } from './tenant-view.ts'
import type {
  Expression,
  Join,
  Query,
  QueryBody,
  Select,
  SelectItem,
  TableExpression,
  TableName,
  ValuesTable,
  WithItem,
} from '../syntax-tree.ts'

/** What a statement is printed for. */
export interface Printing {
  readonly catalog: SqlCatalog
  readonly own: OwnNames
  readonly tenant: SqlTenant
  readonly parameters: ParameterValues
  readonly filters: TableFilters
  /** The caller's text, by which columns are called that have no alias. */
  readonly text: string
}

/** A longer expression is no name for a column. */
const MAX_NAME = 100

/** A statement that the validator found nothing wrong with, as the engine gets it: each view holds the tenant's rows alone. */
export function printStatement(query: Query, printing: Printing): string {
  return new StatementPrinter(printing, columnsNamedIn(query)).query(query)
}

class StatementPrinter {
  readonly #printing: Printing
  readonly #isNamed: (column: string) => boolean
  readonly #scope: PrintScope
  /** The tables of each SELECT that is being printed, from the outermost in. */
  readonly #tablesAround: (readonly TableExpression[])[] = []

  constructor(printing: Printing, isNamed: (column: string) => boolean) {
    this.#printing = printing
    this.#isNamed = isNamed
    this.#scope = {
      parameters: printing.parameters,
      words: printing.catalog.words,
      aliasOf: (database, table) => this.#aliasOf(database, table),
      query: (query) => this.query(query),
      table: (table) => this.#bareTable(table, NOTHING_WITHIN),
    }
  }

  query({ with: items, body }: Query): string {
    if (items.length === 0) return this.#body(body)
    const before = `WITH ${items.map((item) => this.#withItem(item)).join(', ')}`
    return `${before} ${body.kind === 'select' ? this.#select(body) : `SELECT * FROM (${this.#body(body)})`}`
  }

  #withItem(item: WithItem): string {
    if (item.kind === 'table') return `${tableOfWith(item.name)} AS (${this.query(item.query)})`
    return `${this.#expression(item.expression)} AS ${quoteName(item.name)}`
  }

  #body(body: QueryBody): string {
    switch (body.kind) {
      case 'select':
        return this.#select(body)
      case 'union':
        return `(${this.#body(body.left)}) UNION ${body.mode} (${this.#body(body.right)})`
      case 'nested':
        return `(${this.query(body.query)})`
    }
  }

  #select(select: Select): string {
    this.#tablesAround.push([...(select.from === null ? [] : [select.from]), ...select.joins.map(({ table }) => table)])
    const printed = this.#clauses(select)
    this.#tablesAround.pop()
    return printed
  }

  #clauses(select: Select): string {
    const { isDistinct, items, from, joins, arrayJoin, groupBy, windows, orderBy, limitBy } = select
    const clauses = [
      `SELECT ${isDistinct ? 'DISTINCT ' : ''}${items.map((item, place) => this.#item(item, place)).join(', ')}`,
      ...(from === null ? [] : [`FROM ${this.#table(from, this.#within(select))}`]),
      ...joins.map((join) => this.#join(join)),
      ...(arrayJoin === null
        ? []
        : [
            `${arrayJoin.isLeft ? 'LEFT ' : ''}ARRAY JOIN ${arrayJoin.items.map((item) => this.#aliased(item)).join(', ')}`,
          ]),
      ...this.#clause('WHERE', select.where),
      ...(groupBy === null ? [] : [this.#groupBy(groupBy)]),
      ...this.#clause('HAVING', select.having),
      ...(windows.length === 0
        ? []
        : [
            `WINDOW ${windows.map(({ name, window }) => `${quoteName(name)} AS ${printWindow(window, this.#scope)}`).join(', ')}`,
          ]),
      ...this.#clause('QUALIFY', select.qualify),
      ...(orderBy.length === 0 ? [] : [`ORDER BY ${printOrder(orderBy, this.#scope)}`]),
      ...(limitBy === null ? [] : [...this.#limit(limitBy.limit, limitBy.offset), `BY ${this.#list(limitBy.by)}`]),
      ...this.#limit(select.limit, select.offset),
    ]
    return clauses.join(' ')
  }

  #aliasOf(database: string, name: string): string | null {
    const { currentDatabase } = this.#printing.catalog
    for (const tables of this.#tablesAround.toReversed()) {
      for (const table of tables) {
        if (table.kind !== 'table' || table.name !== name) continue
        if ((table.database ?? currentDatabase) === database) return table.alias ?? table.name
      }
    }
    return null
  }

  #within(select: Select): WithinView {
    const { catalog, own, tenant, filters } = this.#printing
    if (select.from?.kind !== 'table' || tenant.kind !== 'one') return NOTHING_WITHIN
    const view = viewOf(catalog, select.from)
    if (view === null) return NOTHING_WITHIN
    const conditions = safeConditions(select, view, own.values).map(({ column, expression }) => ({
      column,
      sql: this.#expression(ofRows(expression)),
    }))
    // A filter of the caller's leaves out rows behind the wall.
    const early = filters.has(view.name) ? null : earlyLimit(select, view, own.values)
    return { conditions, first: early === null ? null : this.#first(early) }
  }

  #first({ orderBy, rows }: EarlyLimit): string {
    const order = orderBy.map((item) => ({ ...item, expression: ofRows(item.expression) }))
    return [...(order.length === 0 ? [] : [`ORDER BY ${printOrder(order, this.#scope)}`]), `LIMIT ${rows}`].join(' ')
  }

  #groupBy({ modifier, items }: NonNullable<Select['groupBy']>): string {
    if (modifier === 'ALL') return 'GROUP BY ALL'
    return `GROUP BY ${this.#list(items)}${modifier === null ? '' : ` WITH ${modifier}`}`
  }

  #limit(limit: Expression | null, offset: Expression | null): string[] {
    return [...this.#clause('LIMIT', limit), ...this.#clause('OFFSET', offset)]
  }

  #clause(word: string, expression: Expression | null): string[] {
    return expression === null ? [] : [`${word} ${this.#expression(expression)}`]
  }

  /** A column of the answer is called as the caller wrote it: what is printed here is nobody's words. */
  #item(item: SelectItem, place: number): string {
    const { expression, alias, at, end } = item
    if (alias !== null || expression.kind === 'name' || expression.kind === 'all') return this.#aliased(item)
    const words = this.#printing.text.slice(at, end).replaceAll(/\s+/g, ' ')
    const name = words.length > MAX_NAME ? `column_${place + 1}` : words
    return `${this.#expression(expression)} AS ${quoteName(name)}`
  }

  #aliased({ expression, alias }: SelectItem): string {
    return `${this.#expression(expression)}${alias === null ? '' : ` AS ${quoteName(alias)}`}`
  }

  #join({ strictness, type, table, on, using }: Join): string {
    const words = [...(strictness === null ? [] : [strictness]), type, 'JOIN', this.#table(table, NOTHING_WITHIN)]
    if (on !== null) words.push('ON', this.#expression(on))
    if (using.length > 0) words.push(`USING (${using.map(({ parts }) => quoteName(parts[0]!)).join(', ')})`)
    return words.join(' ')
  }

  #table(table: TableExpression, within: WithinView): string {
    const alias = table.alias ?? (table.kind === 'table' ? table.name : null)
    const printed = this.#unaliased(table, within)
    return alias === null ? printed : `${printed} AS ${quoteName(alias)}`
  }

  #unaliased(table: TableExpression, within: WithinView): string {
    switch (table.kind) {
      case 'table':
        return this.#bareTable(table, within)
      case 'derived':
        return `(${this.query(table.query)})`
      case 'numbers':
        return `numbers(${this.#list(table.arguments)})`
      case 'values':
        return this.#values(table)
    }
  }

  #values({ columns, rows }: ValuesTable): string {
    const structure = columns?.map(({ name, type }) => `${quoteName(name)} ${typeText(type)}`).join(', ')
    return `values(${structure === undefined ? '' : `${quoteText(structure)}, `}${this.#list(rows)})`
  }

  #bareTable(table: TableName, within: WithinView): string {
    const { catalog, own, tenant } = this.#printing
    const view = viewOf(catalog, table)
    if (view !== null) return this.#filtered(view.name, tenantView(catalog.database, view, tenant, within))
    const constants = constantsOf(catalog, table)
    if (constants !== null) return constantTableSql(constants, this.#isNamed)
    // The validator has looked: nothing else may pass in any case.
    if (table.database !== null || !own.tables.has(table.name)) throw new TypeError('a table that may not be read')
    return tableOfWith(table.name)
  }

  #filtered(view: string, rows: string): string {
    const filter = this.#printing.filters.get(view)
    if (filter === undefined) return rows
    return `(SELECT * FROM ${rows} AS ${quoteName(view)} WHERE ${this.#expression(filter)})`
  }

  #list(items: readonly Expression[]): string {
    return items.map((each) => this.#expression(each)).join(', ')
  }

  #expression(expression: Expression): string {
    return printExpression(expression, this.#scope)
  }
}

/** Whether the statement names a column, by any name that could be one. */
function columnsNamedIn(query: Query): (column: string) => boolean {
  const names = new Set<string>()
  let hasStar = false
  walkQuery(query, {
    expression: (expression) => {
      if (expression.kind === 'name') for (const part of expression.parts) names.add(part)
      // What stands right of IN is all of a table.
      if (expression.kind === 'all') hasStar = true
      if (expression.kind === 'in' && expression.set.kind === 'table') hasStar = true
    },
  })
  return (column) => hasStar || names.has(column)
}
