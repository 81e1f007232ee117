/** Who works with a ClickHouse read model: the roles of docs/rights.md that do. */
export const GRANTED_ROLES = ['project', 'ask', 'operate'] as const
export type GrantedRole = (typeof GRANTED_ROLES)[number]

/** A privilege on the read model's database. */
export interface Grant {
  readonly privilege: string
  readonly why: string
}

const TABLES: readonly Grant[] = [
  { privilege: 'SELECT', why: 'looks at what is there' },
  { privilege: 'INSERT', why: 'inserts events, dead letters, and notes of generations' },
  {
    privilege: 'CREATE TABLE',
    why: "makes a generation's tables, and the views that readers select from; it includes `CREATE VIEW`, and `CREATE TEMPORARY TABLE`, which the table function `format` needs",
  },
  {
    privilege: 'DROP TABLE',
    why: 'replaces a view, which ClickHouse does by one of another name (it includes `DROP VIEW`); `rebuild` and `prune` drop tables',
  },
  {
    privilege: 'ALTER DELETE',
    why: 'removes the later copy of an event; `prune` and `tenants delete` remove rows',
  },
  { privilege: 'ALTER ADD COLUMN', why: 'a new release adds columns that it can compute' },
]

/** What each role needs, and nothing that it does not: docs/rights.md is made from it, and every line is tested. */
export const roleGrants: Readonly<Record<GrantedRole, readonly Grant[]>> = {
  project: [{ privilege: 'CREATE DATABASE', why: 'makes the database, where an administrator has not' }, ...TABLES],
  ask: [{ privilege: 'SELECT', why: 'asks, lists and verifies' }],
  operate: TABLES,
}

/** The GRANT statement, without `TO …`. */
export function grantStatement(grants: readonly Grant[], database: string): string {
  return `GRANT ${grants.map(({ privilege }) => privilege).join(', ')} ON ${database}.*`
}
