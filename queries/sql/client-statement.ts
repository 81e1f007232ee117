import { checkedStatement, orRefused, type AnalystQuestion, type RefusedStatement } from './analyst-statement.ts'
import { readCommand } from './commands/read-command.ts'
import { clientParameters } from './client-parameters.ts'
import { viewOf, type SqlCatalog } from './names.ts'
import { walkQuery } from './walk.ts'
import { expectEnd, isSelect, parseStatement, readerOf, readSelects } from './read/parse.ts'
import { readTail, type GivenSetting } from './read/parse-tail.ts'
import { readTableFilters, TABLE_FILTERS, type TableFilters } from './table-filters.ts'
import type { Query } from './syntax-tree.ts'

/** A statement as clients of ClickHouse send it, with the settings that came with it. */
export interface ClientQuestion extends Omit<AnalystQuestion, 'parameters'> {
  /** As they are sent: see `clientParameters`. */
  readonly parameters: ReadonlyMap<string, string>
  readonly settings: readonly GivenSetting[]
}

/** How a statement is answered, beside what it asks. */
interface Answering {
  /** The FORMAT that stands in the statement. */
  readonly format: string | null
  /** All that are given, those of the statement last, which are the stronger ones. Filters of tables are none any more. */
  readonly settings: readonly GivenSetting[]
}

export type ClientStatement =
  /** `select`: its rows are asked for; `describe`: its columns. */
  | ({ readonly kind: 'select' | 'describe'; readonly sql: string; readonly readsViews: boolean } & Answering)
  /** A statement of the same caller, of that id, is to end. */
  | ({ readonly kind: 'kill'; readonly queryId: string } & Answering)
  /** It is said that nothing was done: `USE`, `SET`. */
  | ({ readonly kind: 'nothing'; readonly lasting: readonly GivenSetting[] } & Answering)
  | RefusedStatement

/**
 * The statement that the engine gets for what a client of ClickHouse sends: a SELECT, with SETTINGS and FORMAT behind it, or what is said by a
 * SELECT over the catalog: SHOW, DESCRIBE, EXISTS. Or all that is wrong with it. Pure.
 */
export function clientStatement(question: ClientQuestion, catalog: SqlCatalog): ClientStatement {
  return orRefused(() => {
    const { text } = question
    const reader = readerOf(text, true)
    const command = isSelect(reader) ? null : readCommand(reader, catalog)
    const selected = command === null ? readSelects(reader) : null
    const tail = readTail(reader)
    expectEnd(reader, text)
    const given = [...question.settings, ...tail.settings]
    const answering = { format: tail.format, settings: given.filter(({ name }) => name !== TABLE_FILTERS) }
    const filters = filtersIn(given, catalog)
    const printed = (query: Query, of: string, kind: 'select' | 'describe'): ClientStatement => {
      const parameters = clientParameters(query, question.parameters)
      const checked = checkedStatement(query, { text: of, tenant: question.tenant, parameters }, catalog, filters)
      return checked.kind === 'refused'
        ? checked
        : { kind, sql: checked.sql, readsViews: readsViews(query, catalog), ...answering }
    }
    switch (command?.kind) {
      case undefined:
        return printed(selected!, text, 'select')
      case 'select':
        return printed(parseStatement(command.text), command.text, 'select')
      case 'describe':
        return printed(command.query, text, 'describe')
      case 'kill':
        return { kind: 'kill', queryId: command.queryId, ...answering }
      case 'nothing':
        return { kind: 'nothing', lasting: command.settings, ...answering }
    }
  })
}

function readsViews(query: Query, catalog: SqlCatalog): boolean {
  let reads = false
  walkQuery(query, {
    table: (table) => {
      if (table.kind === 'table' && viewOf(catalog, table) !== null) reads = true
    },
  })
  return reads
}

function filtersIn(settings: readonly GivenSetting[], catalog: SqlCatalog): TableFilters {
  const last = settings.findLast(({ name }) => name === TABLE_FILTERS)
  return last === undefined || last.value === '' ? new Map() : readTableFilters(last.value, last.at, catalog)
}
