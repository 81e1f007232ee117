import { ExperienceError } from '../../base/experience-error.ts'
import { missingRightsText } from '../../log/rights/right-texts.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import { rightsForWork, type LongWork } from './needed-rights.ts'

/**
 * Refuses long work that would fail for want of a right once it has begun, as far as the log can tell. Errors: `StorageError` (which
 * rights are missing), `Unavailable`.
 */
export async function checkRights({ log, topics }: Pick<TenantLog, 'log' | 'topics'>, work: LongWork): Promise<void> {
  const missing = await log.missingRights(rightsForWork(topics, work))
  if (missing.length === 0) return
  const message = `cannot ${work}: ${missingRightsText(missing)}. Nothing was begun`
  throw new ExperienceError('StorageError', message)
}
