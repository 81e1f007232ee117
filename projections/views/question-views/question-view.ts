/** A column of such a view: what it is made of, and what an analyst needs to know. */
export interface QuestionColumn {
  /** SQL over the names that `from` gives. */
  readonly sql: string
  readonly comment: string
}

/**
 * A view that answers a question which is hard to ask of single events. What it cannot know of a row, it tells in a column of its own:
 * nothing is left out in silence. None of its expressions can fail on a value.
 */
export interface QuestionView {
  readonly name: string
  readonly comment: string
  /** By their names, in order. */
  readonly columns: Readonly<Record<string, QuestionColumn>>
  /** What follows FROM. `view` gives a view of a kind as a table, by its name. */
  readonly from: (view: ViewByName) => string
  /**
   * By the view of a kind that is read: columns that both have. A condition on such a column may be asked of that view's rows already, since rows
   * that it leaves out have no part in the rows that it leaves.
   */
  readonly narrowedBy: Readonly<Record<string, readonly string[]>>
}

export type ViewByName = (name: string) => string

/**
 * What a table is called within such a view. No name of a caller's begins so (queries/sql/check): where the view is printed into a caller's
 * statement, nothing of that can stand in the place of a column.
 */
export function own(name: string): string {
  return `\`own:${name}\``
}

/** The view's SELECT from views of kinds. */
export function questionSelect({ columns, from }: QuestionView, view: ViewByName): string {
  const list = Object.entries(columns).map(([name, { sql }]) => `${sql} AS ${name}`)
  return `SELECT\n    ${list.join(',\n    ')}\n  FROM ${from(view)}`
}

export function commentsOfQuestion({ columns }: QuestionView): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).map(([name, { comment }]) => [name, comment]))
}

/** Columns of a table as they are, with what is said of each. */
export function taken(table: string, comments: Readonly<Record<string, string>>): Record<string, QuestionColumn> {
  const columns = Object.entries(comments).map(([name, comment]) => [name, { sql: `${table}.${name}`, comment }])
  return Object.fromEntries(columns) as Record<string, QuestionColumn>
}

/**
 * The order of a tenant's events, which are all of one topic: by instant, and by place in the log where instants are equal. As one number:
 * by tuples, the latest of something takes several times the memory for each group.
 */
export function placeIn(table: string): string {
  const [partitions, offsets] = [2n ** 128n, 2n ** 64n].map((size) => `toInt256('${size}')`)
  return `(toInt256(toUnixTimestamp64Nano(${table}.instant)) * ${partitions} + toInt256(${table}.partition) * ${offsets} + ${table}.offset)`
}

/** What has happened up to a row, itself included, among the rows that have the same keys. */
export function untilNow(table: string, keys: readonly string[]): string {
  const by = keys.map((key) => `${table}.${key}`).join(', ')
  const order = ['instant', 'partition', 'offset'].map((column) => `${table}.${column}`).join(', ')
  return `(PARTITION BY ${by} ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
}
