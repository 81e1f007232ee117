import { expect, test } from 'vitest'
import { quoteIdentifier } from '../../../base/quote-sql.ts'
import { qualifiedName, validateDatabaseName } from '../../../projections/table-name.ts'
import { ExperienceError } from '../../../base/experience-error.ts'

test('a table is named with its database', () => {
  expect(qualifiedName('log', 'events')).toBe('`log`.`events`')
})

test.each(['', '1a', 'a-b', 'a.b', 'a`b', "a'b", 'a b', 'é', 'a\n'])(
  'a name that is no identifier is refused: %j',
  (name) => {
    expect(() => quoteIdentifier(name)).toThrow(TypeError)
    expect(() => validateDatabaseName(name)).toThrow(ExperienceError)
  },
)
