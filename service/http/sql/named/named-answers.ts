import { z } from 'zod'
import type { NamedQuery } from '../../../../operations/named-queries/named-query.ts'
import type { SqlCatalog } from '../../../../queries/sql/names.ts'
import { storedStatement, type StatementParameter } from '../../../../queries/sql/stored-statement.ts'

/** A named query as it is answered. */
export const namedQuerySchema = z
  .strictObject({
    name: z.string(),
    tenant: z.string().nullable().describe('Whose own it is; null for all tenants'),
    description: z.string(),
    sql: z.string(),
    parameters: z
      .array(z.strictObject({ name: z.string(), type: z.string().describe("ClickHouse's") }))
      .describe('What has to be given to ask it, in the order of the text'),
    is_valid: z.boolean().describe('Whether this release lets it be asked'),
    stored_at: z.string().describe('ISO 8601, UTC'),
    stored_by: z.string(),
  })
  .meta({ id: 'NamedQuery', description: 'A statement under a name' })

export interface ShownNamedQuery extends NamedQuery {
  readonly parameters: readonly StatementParameter[]
  readonly is_valid: boolean
}

export function shownNamedQuery(query: NamedQuery, catalog: SqlCatalog): ShownNamedQuery {
  const { name, tenant, description, sql, stored_at, stored_by } = query
  const stored = storedStatement(sql, catalog)
  const parameters = stored.kind === 'statement' ? stored.parameters : []
  return { name, tenant, description, sql, parameters, is_valid: stored.kind === 'statement', stored_at, stored_by }
}
