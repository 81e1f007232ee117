import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { fine, type Finding } from './finding.ts'

const SETUP = 'have an administrator run what "experience-log sql-door setup" prints: docs/security.md'

/** Whether a ClickHouse server keeps apart the tenants who ask SQL by itself. Errors: `Unavailable`, `StorageError`. */
export async function wallFindings({ wall }: Pick<ReadModelStore, 'wall'>): Promise<Finding[]> {
  if (wall === undefined) {
    const message = 'SQL of others is asked as the user of CLICKHOUSE_URL: the server has no wall of its own behind it'
    const next = `set CLICKHOUSE_SQL_USERNAME and CLICKHOUSE_SQL_PASSWORD if tenants ask SQL, and ${SETUP}`
    return [{ area: 'read model', severity: 'note', message, next }]
  }
  const { unsafe, lacking } = await wall.report()
  return [
    ...(unsafe.length === 0 ? [fine('read model', 'the server keeps apart the tenants who ask SQL')] : []),
    ...unsafe.map(
      (fault) =>
        ({ area: 'read model', severity: 'error', message: `no SQL is answered: ${fault}`, next: SETUP }) as const,
    ),
    ...lacking.map(
      (fault) =>
        ({ area: 'read model', severity: 'warning', message: `the user of SQL: ${fault}`, next: SETUP }) as const,
    ),
  ]
}
