import { ExperienceError } from '../base/experience-error.ts'
import { isIdentifier, quoteIdentifier } from '../base/quote-sql.ts'

/** Checks a database name that came from the settings. Error: `InvalidSettings`. */
export function validateDatabaseName(name: string): string {
  if (!isIdentifier(name)) {
    throw new ExperienceError(
      'InvalidSettings',
      'database: may hold only A-Z a-z 0-9 _, and must not begin with a digit',
      {
        field: 'database',
      },
    )
  }
  return name
}

/** `` `database`.`name` `` for use in SQL. Throws a `TypeError` for what is not a plain identifier. */
export function qualifiedName(database: string, name: string): string {
  return `${quoteIdentifier(database)}.${quoteIdentifier(name)}`
}
