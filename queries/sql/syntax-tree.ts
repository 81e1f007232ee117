/** Where a node stands in the caller's text. */
export interface Placed {
  readonly at: number
  readonly end: number
}

/** A type as it is written in a cast or for a parameter: `Array(Nullable(String))`, `DateTime64(3, 'UTC')`. */
export interface TypeName extends Placed {
  readonly name: string
  /** Types, numbers (as text) and texts between the brackets; none where there are none. */
  readonly arguments: readonly (TypeName | TypeNumber | TypeText)[]
}
export interface TypeNumber {
  readonly number: string
}
export interface TypeText {
  readonly text: string
}

export type BinaryOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '<=>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | 'LIKE'
  | 'NOT LIKE'
  | 'ILIKE'
  | 'NOT ILIKE'
  | 'REGEXP'
  | 'NOT REGEXP'

export type Literal =
  | (Placed & { readonly kind: 'number'; readonly text: string })
  | (Placed & { readonly kind: 'string'; readonly text: string })
  | (Placed & { readonly kind: 'constant'; readonly word: 'NULL' | 'true' | 'false' })

export interface Parameter extends Placed {
  readonly kind: 'parameter'
  readonly name: string
  readonly type: TypeName
}

export interface Name extends Placed {
  readonly kind: 'name'
  readonly parts: readonly string[]
}

export interface Call extends Placed {
  readonly kind: 'call'
  readonly name: string
  /** Between the first of two pairs of brackets: `quantile(0.5)(x)`. Null where there is one pair. */
  readonly parameters: readonly Expression[] | null
  readonly isDistinct: boolean
  readonly arguments: readonly Expression[]
  /** A window, or the name of one. */
  readonly over: Window | string | null
}

export type Expression =
  | Literal
  | Parameter
  | Name
  | Call
  | (Placed & { readonly kind: 'all'; readonly of: string | null; readonly except: readonly string[] })
  | (Placed & { readonly kind: 'unary'; readonly operator: '-' | 'NOT'; readonly operand: Expression })
  | (Placed & {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    })
  | (Placed & { readonly kind: 'chain'; readonly operator: 'AND' | 'OR'; readonly operands: readonly Expression[] })
  | (Placed & { readonly kind: 'in'; readonly isNot: boolean; readonly operand: Expression; readonly set: InSet })
  | (Placed & {
      readonly kind: 'between'
      readonly isNot: boolean
      readonly operand: Expression
      readonly low: Expression
      readonly high: Expression
    })
  | (Placed & { readonly kind: 'is-null'; readonly isNot: boolean; readonly operand: Expression })
  | (Placed & {
      readonly kind: 'case'
      readonly operand: Expression | null
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[]
      readonly otherwise: Expression | null
    })
  | (Placed & { readonly kind: 'cast'; readonly operand: Expression; readonly type: TypeName })
  | (Placed & { readonly kind: 'lambda'; readonly names: readonly string[]; readonly body: Expression })
  | (Placed & { readonly kind: 'array' | 'tuple'; readonly items: readonly Expression[] })
  | (Placed & { readonly kind: 'subscript'; readonly operand: Expression; readonly index: Expression })
  | (Placed & { readonly kind: 'member'; readonly operand: Expression; readonly number: string })
  | (Placed & { readonly kind: 'interval'; readonly amount: Expression; readonly unit: string })
  | (Placed & { readonly kind: 'subquery' | 'exists'; readonly query: Query })

/** What stands right of IN. */
export type InSet =
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'table'; readonly table: TableName }
  | Parameter

export interface Window {
  readonly base: string | null
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly OrderItem[]
  readonly frame: Frame | null
}
export interface Frame {
  readonly unit: 'ROWS' | 'RANGE'
  readonly from: FrameEnd
  readonly to: FrameEnd | null
}
export type FrameEnd =
  | {
      readonly kind: 'unbounded' | 'offset'
      readonly amount: Expression | null
      readonly side: 'PRECEDING' | 'FOLLOWING'
    }
  | { readonly kind: 'current' }

export interface OrderItem {
  readonly expression: Expression
  readonly isDescending: boolean
  readonly nulls: 'FIRST' | 'LAST' | null
}

export interface SelectItem extends Placed {
  readonly expression: Expression
  readonly alias: string | null
}

export interface TableName extends Placed {
  readonly kind: 'table'
  readonly database: string | null
  readonly name: string
  readonly alias: string | null
}

export type TableExpression =
  | TableName
  | (Placed & { readonly kind: 'derived'; readonly query: Query; readonly alias: string | null })
  | (Placed & { readonly kind: 'numbers'; readonly arguments: readonly Expression[]; readonly alias: string | null })
  | ValuesTable

/** `VALUES ('a UInt8, b String', (1, 'x'), …)`: rows of constants. */
export interface ValuesTable extends Placed {
  readonly kind: 'values'
  /** Null where the columns are called `c1`, `c2`, … */
  readonly columns: readonly { readonly name: string; readonly type: TypeName }[] | null
  /** Of one column, the values; of several, tuples. */
  readonly rows: readonly Expression[]
  readonly alias: string | null
}

export interface Join {
  readonly strictness: 'ANY' | 'ALL' | 'SEMI' | 'ANTI' | 'ASOF' | null
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  readonly table: TableExpression
  readonly on: Expression | null
  readonly using: readonly Name[]
}

export interface Select extends Placed {
  readonly kind: 'select'
  readonly isDistinct: boolean
  readonly items: readonly SelectItem[]
  readonly from: TableExpression | null
  readonly joins: readonly Join[]
  readonly arrayJoin: { readonly isLeft: boolean; readonly items: readonly SelectItem[] } | null
  readonly where: Expression | null
  readonly groupBy: GroupBy | null
  readonly having: Expression | null
  readonly windows: readonly { readonly name: string; readonly window: Window }[]
  readonly qualify: Expression | null
  readonly orderBy: readonly OrderItem[]
  readonly limitBy: {
    readonly limit: Expression
    readonly offset: Expression | null
    readonly by: readonly Expression[]
  } | null
  readonly limit: Expression | null
  readonly offset: Expression | null
}

export interface GroupBy {
  readonly modifier: 'ALL' | 'ROLLUP' | 'CUBE' | null
  readonly items: readonly Expression[]
}

export type WithItem =
  | (Placed & { readonly kind: 'table'; readonly name: string; readonly query: Query })
  | (Placed & { readonly kind: 'value'; readonly name: string; readonly expression: Expression })

/** A statement, or what stands in brackets as one. */
export interface Query extends Placed {
  readonly with: readonly WithItem[]
  readonly body: QueryBody
}
export type QueryBody = Select | Union | (Placed & { readonly kind: 'nested'; readonly query: Query })
export interface Union extends Placed {
  readonly kind: 'union'
  readonly mode: 'ALL' | 'DISTINCT'
  readonly left: QueryBody
  readonly right: QueryBody
}
