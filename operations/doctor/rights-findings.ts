import type { TenantLog } from '../../log/tenant-log.ts'
import { missingRightsText } from '../../log/rights/right-texts.ts'
import { ROLES, type Role } from '../../log/rights/role-rights.ts'
import { rightsOfRole } from '../rights/needed-rights.ts'
import { fine, type Finding } from './finding.ts'

/**
 * Which roles this client has the rights for. What a role that is wanted lacks is an error; of the others it is a note, since nobody
 * needs all. Errors: `Unavailable`, `StorageError`.
 */
export async function rightsFindings(
  { log, topics }: Pick<TenantLog, 'log' | 'topics'>,
  wanted: readonly Role[],
): Promise<Finding[]> {
  const granted: Role[] = []
  const findings: Finding[] = []
  for (const role of ROLES) {
    const missing = await log.missingRights(rightsOfRole(topics, role))
    if (missing.length === 0) granted.push(role)
    else {
      const next = `grant them if this client is to ${role}: docs/rights.md has the commands`
      const severity = wanted.includes(role) ? 'error' : 'note'
      findings.push({ area: 'log', severity, message: `role ${role}: ${missingRightsText(missing)}`, next })
    }
  }
  const has = granted.length === 0 ? 'the rights of no role' : `the rights to ${granted.join(', ')}`
  return [fine('log', `this client has ${has}`), ...findings]
}
