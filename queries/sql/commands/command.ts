import type { GivenSetting } from '../read/parse-tail.ts'
import type { Query } from '../syntax-tree.ts'

/** What a statement that is no SELECT asks for. */
export type Command =
  /** What a SELECT over the catalog says as well. */
  | { readonly kind: 'select'; readonly text: string }
  /** The columns of a SELECT. */
  | { readonly kind: 'describe'; readonly query: Query }
  /** That a statement of the same caller ends. */
  | { readonly kind: 'kill'; readonly queryId: string }
  /** Nothing that lasts: sessions have no state. */
  | { readonly kind: 'nothing'; readonly settings: readonly GivenSetting[] }
