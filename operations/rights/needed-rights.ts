import type { Right, RightOperation } from '../../log/rights/right.ts'
import { resourceName, roleRights, type Role, type RoleRight } from '../../log/rights/role-rights.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'

/** What an operator does that takes long, and must not fail at its end for want of a right. */
export type LongWork = 'rebuild' | 'roll back' | 'prune' | 'delete a tenant' | 'import'

/** Which of the operator's rights each takes, by the resource's suffix. */
const WORK: Readonly<Record<LongWork, Readonly<Record<string, readonly RightOperation[]>>>> = {
  rebuild: {
    'events.': ['Read'],
    'dead-letters.': ['Read', 'Write', 'Create'],
    operations: ['Read', 'Write', 'Create'],
    'projector.': ['Read', 'Delete'],
    maintenance: ['Read'],
  },
  'roll back': {
    'events.': ['Read'],
    'dead-letters.': ['Read', 'Write', 'Create'],
    operations: ['Read', 'Write'],
    'projector.': ['Read'],
    maintenance: ['Read'],
  },
  prune: { operations: ['Read', 'Write'], 'projector.': ['Delete'], maintenance: ['Read'] },
  'delete a tenant': {
    'events.': ['Delete'],
    'dead-letters.': ['Delete'],
    operations: ['Read', 'Write', 'Create'],
    maintenance: ['Read'],
  },
  import: { 'events.': ['Write', 'Create'], 'dead-letters.': ['Write', 'Create'] },
}

/** What a role needs, of docs/rights.md. */
export function rightsOfRole({ prefix }: TenantTopics, role: Role): Right[] {
  return roleRights.filter((each) => each.role === role).flatMap((each) => rightsOf(prefix, each, each.operations))
}

/** What long work needs, all of which the role `operate` has. */
export function rightsForWork({ prefix }: TenantTopics, work: LongWork): Right[] {
  return roleRights
    .filter(({ role }) => role === 'operate')
    .flatMap((each) => rightsOf(prefix, each, WORK[work][each.suffix] ?? []))
}

function rightsOf(prefix: string, right: RoleRight, operations: readonly RightOperation[]): Right[] {
  const { resource, isPrefix } = right
  return operations.map((operation) => ({ resource, name: resourceName(prefix, right), isPrefix, operation }))
}
