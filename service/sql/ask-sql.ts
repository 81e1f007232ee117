import type { ForeignLimits, ForeignQuestion, ReadModelStore } from '../../projections/read-model-store.ts'
import type { SqlTenant } from '../../queries/sql/print/tenant-view.ts'
import type { TenantScope } from '../http/access/caller.ts'
import type { Settings } from '../settings.ts'
import { engineRefusal } from './engine-refusal.ts'

/** Whose rows the views hold for a caller. */
export function sqlTenant({ tenant, isNobody }: TenantScope): SqlTenant {
  // Tenant ids are never empty: '' stands for events without one, which only a question about all may see.
  if (isNobody || tenant === '') return { kind: 'none' }
  return tenant === null ? { kind: 'all' } : { kind: 'one', tenant }
}

/** What a statement of somebody else may cost at most. */
export function sqlLimits(
  settings: Pick<Settings, 'SQL_TIMEOUT_MS' | 'SQL_MEMORY_BYTES' | 'SQL_RESULT_ROWS' | 'SQL_RESULT_BYTES'>,
  more: ForeignLimits['more'],
): ForeignLimits {
  return {
    milliseconds: settings.SQL_TIMEOUT_MS,
    memoryBytes: settings.SQL_MEMORY_BYTES,
    rows: settings.SQL_RESULT_ROWS,
    more,
    resultBytes: settings.SQL_RESULT_BYTES,
  }
}

/** Runs a statement that was checked and printed. Errors: `SqlRefusal`, and those of the store that are no refusals. */
export async function askSql(store: ReadModelStore, question: ForeignQuestion): Promise<Buffer> {
  try {
    return await store.answerForeign(question)
  } catch (error) {
    throw engineRefusal(error, question)
  }
}
