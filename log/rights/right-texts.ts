import type { MissingRight, Right } from './right.ts'
import { rolesWith } from './role-rights.ts'

/** The resource in words: `topics experience.events.*`. */
export function resourceText({ resource, name, isPrefix }: Omit<Right, 'operation'>): string {
  return isPrefix ? `${resource}s ${name}*` : `${resource} ${name}`
}

/** Who lacks which rights, and where it stands what is to be granted. At least one right. */
export function missingRightsText(missing: readonly MissingRight[]): string {
  const user = missing[0]?.user ?? null
  const who = user === null ? 'this client' : `user ${JSON.stringify(user)}`
  const rights = missing.length === 1 ? 'right' : 'rights'
  const roles = rolesOf(missing)
  const page = `docs/rights.md${roles.length === 0 ? '' : `, ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`}`
  const operations = new Map<string, string[]>()
  for (const right of missing) {
    const resource = resourceText(right)
    operations.set(resource, [...(operations.get(resource) ?? []), right.operation])
  }
  const texts = [...operations].map(([resource, of]) => `${of.join(', ')} on ${resource}`)
  return `${who} lacks the ${rights} ${texts.join('; ')} (${page})`
}

/** The roles that have all of the rights. */
function rolesOf(missing: readonly MissingRight[]) {
  const [first, ...others] = missing.map(rolesWith)
  return (first ?? []).filter((role) => others.every((each) => each.includes(role)))
}
