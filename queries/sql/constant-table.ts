/** A value that stands in a statement as it is. */
export type ConstantValue = string | number | null | readonly string[]

/** A value with its type, as ClickHouse spells it. */
export interface TypedConstant {
  readonly value: ConstantValue
  readonly type: string
}

/** A table whose rows are constants of ours: what clients ask of the catalog is answered from such tables, never from the engine's own. */
export interface ConstantTable {
  readonly columns: readonly ConstantColumn[]
  /** Made when they are needed. As many values in each as there are columns. */
  readonly rows: () => readonly (readonly ConstantValue[])[]
}

export interface ConstantColumn {
  readonly name: string
  /** As ClickHouse spells it. */
  readonly type: string
}

/** A table of records that all have the keys of `columns`. */
export function constantTable<Column extends string>(
  columns: Readonly<Record<Column, string>>,
  rows: () => readonly Readonly<Record<Column, ConstantValue>>[],
): ConstantTable {
  const names = Object.keys(columns) as Column[]
  return {
    columns: names.map((name) => ({ name, type: columns[name] })),
    rows: () => rows().map((row) => names.map((name) => row[name])),
  }
}
