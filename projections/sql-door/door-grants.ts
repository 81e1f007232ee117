import { isIdentifier } from '../../base/quote-sql.ts'
import { readableViews } from '../views/readable-views.ts'

/**
 * What the door's user may SELECT from. Views run as who asks, so that the tables below them belong to it; those of generations to come
 * begin in the same way. A prefix takes no list of columns, and the view `events` shows every column of its table anyway.
 */
export function doorGrants(): readonly DoorGrant[] {
  return [
    ...[...readableViews.keys()].map((name) => ({ name, isPrefix: false })),
    { name: 'events_', isPrefix: true },
    { name: 'dead_letters_', isPrefix: true },
  ]
}

export interface DoorGrant {
  readonly name: string
  readonly isPrefix: boolean
}

/** `events`, or `events_*`, as GRANT has it behind the database. Throws a `TypeError` for what is not a plain identifier. */
export function grantedName({ name, isPrefix }: DoorGrant): string {
  if (!isIdentifier(name)) throw new TypeError(`not an identifier: ${JSON.stringify(name)}`)
  return isPrefix ? `${name}*` : name
}

/** How the grants of the door's user differ from those it is meant to have, a line each. */
export interface GrantDifferences {
  /** It may do what it must not. */
  readonly wider: readonly string[]
  /** It may not read what analysts may ask of. */
  readonly lacking: readonly string[]
}

/**
 * Compares what SHOW GRANTS answers, which is a statement for each object, in which names stand between back-ticks where they have to, with
 * what the door's user is meant to have.
 */
export function compareGrants(database: string, shown: readonly string[]): GrantDifferences {
  const lacking = new Set(doorGrants().map((grant) => `${database}.${grantedName(grant)}`))
  const wider: string[] = []
  const wanted = new Set(lacking)
  for (const statement of shown) {
    const plain = statement.replaceAll('`', '')
    const on = /^GRANT SELECT ON (\w+\.\w+\*?) TO \S+$/.exec(plain)?.[1]
    if (on !== undefined && wanted.has(on)) lacking.delete(on)
    else if (!/^GRANT (?:NONE|USAGE) ON /.test(plain)) wider.push(`it may do more than it must: ${plain}`)
  }
  return { wider, lacking: lacking.size === 0 ? [] : [`it lacks SELECT on ${[...lacking].join(', ')}`] }
}
