import type { Role } from '../../log/rights/role-rights.ts'
import type { ReadModelStore } from '../../projections/read-model-store.ts'
import { GRANTED_ROLES, roleGrants } from '../../projections/role-grants.ts'
import { fine, type Finding } from './finding.ts'

/**
 * Which roles this user of ClickHouse has the grants for; what a wanted role lacks is an error. Servers that do not tell, since
 * they do not know `CHECK GRANT`, are left alone.
 */
export async function grantFindings(store: ReadModelStore, wanted: readonly Role[]): Promise<Finding[]> {
  const granted: Role[] = []
  const findings: Finding[] = []
  for (const role of GRANTED_ROLES) {
    const missing: string[] = []
    for (const { privilege } of roleGrants[role]) {
      const answer = await mayUse(store, privilege)
      if (answer === null) return []
      if (!answer) missing.push(privilege)
    }
    if (missing.length === 0) granted.push(role)
    else {
      const message = `role ${role}: this user lacks ${missing.join(', ')} on database ${store.database}`
      const next = `grant them if this client is to ${role}: docs/rights.md has the statements`
      findings.push({ area: 'read model', severity: wanted.includes(role) ? 'error' : 'note', message, next })
    }
  }
  const has = granted.length === 0 ? 'the grants of no role' : `the grants to ${granted.join(', ')}`
  return [fine('read model', `this user has ${has}`), ...findings]
}

/** Null where the server does not tell. */
async function mayUse(store: ReadModelStore, privilege: string): Promise<boolean | null> {
  try {
    const [row] = await store.query<{ result: number }>({ sql: `CHECK GRANT ${privilege} ON ${store.database}.*` })
    return row?.result === 1
  } catch {
    return null
  }
}
