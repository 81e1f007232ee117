import { readableViews } from '../../../projections/views/readable-views.ts'
import type { ColumnTypes } from './column-types.ts'

/** A column of a view, as catalogs tell of it. */
export interface ViewColumn {
  readonly view: string
  readonly name: string
  readonly type: string
  readonly comment: string
  /** From 1. */
  readonly position: number
}

/**
 * The columns of all views. `isPlain`: as they are behind a tenant's wall, where texts do not come out of dictionaries (see tenant-view.ts).
 */
export function viewColumns(types: ColumnTypes, isPlain: boolean): ViewColumn[] {
  return [...readableViews.values()].flatMap(({ name: view, columns, columnComments }) =>
    columns.map((name, place) => {
      const type = types.get(`${view}.${name}`) ?? 'String'
      const comment = columnComments[place]!
      return { view, name, type: isPlain ? plain(type) : type, comment, position: place + 1 }
    }),
  )
}

function plain(type: string): string {
  return /^LowCardinality\((.*)\)$/.exec(type)?.[1] ?? type
}

/** What catalogs say of a type beside its name; null where it does not apply. */
export interface TypeFacts {
  readonly isNullable: boolean
  /** Digits of a number, in `radix`. */
  readonly precision: number | null
  readonly radix: number | null
  readonly scale: number | null
  /** Digits behind the second. */
  readonly datetimePrecision: number | null
}

export function typeFacts(type: string): TypeFacts {
  const inner = /^Nullable\((.*)\)$/.exec(type)?.[1] ?? type
  const decimal = /^Decimal\((\d+), (\d+)\)$/.exec(inner)
  const bits = /^U?Int(\d+)$/.exec(inner) ?? /^Float(\d+)$/.exec(inner)
  const datetime = /^DateTime64\((\d)/.exec(inner)?.[1] ?? (inner.startsWith('DateTime') ? '0' : null)
  return {
    isNullable: inner !== type,
    precision: decimal === null ? numberOf(bits?.[1]) : Number(decimal[1]),
    radix: decimal !== null ? 10 : bits === null ? null : 2,
    scale: decimal === null ? (bits !== null && !inner.startsWith('Float') ? 0 : null) : Number(decimal[2]),
    datetimePrecision: datetime === null ? null : Number(datetime),
  }
}

function numberOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}
