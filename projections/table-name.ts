import { ExperienceError } from '../base/experience-error.ts'

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Checks a database name that came from the settings. Error: `InvalidSettings`. */
export function validateDatabaseName(name: string): string {
  if (!identifier.test(name)) {
    throw new ExperienceError('InvalidSettings', 'database: may hold A-Z a-z 0-9 _ only, and not begin with a digit', {
      field: 'database',
    })
  }
  return name
}

/** `` `database`.`name` `` for use in SQL. Throws a `TypeError` for what is not a plain identifier. */
export function qualifiedName(database: string, name: string): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(name)}`
}

/** A column or table name between back-ticks. Throws a `TypeError` for what is not a plain identifier. */
export function quoteIdentifier(name: string): string {
  if (!identifier.test(name)) throw new TypeError(`not an identifier: ${JSON.stringify(name)}`)
  return `\`${name}\``
}
