import { ExperienceError } from '../../../base/experience-error.ts'
import { EngineFault } from '../../../projections/clickhouse/engine-fault.ts'
import type { Settings } from '../../settings.ts'
import { HttpError } from '../http-error.ts'

/** What the engine finds wrong with a statement that is right by our lists, by ClickHouse's number. */
const SENTENCES: ReadonlyMap<number, string> = new Map([
  [6, 'a text cannot be read as the type that is wanted: use a function that ends in OrNull'],
  [27, 'a text cannot be read as the type that is wanted: use a function that ends in OrNull'],
  [38, 'a text is no date: use a function that ends in OrNull'],
  [41, 'a text is no date and time: use a function that ends in OrNull'],
  [42, 'a function has the wrong number of arguments'],
  [43, 'a function cannot take an argument of this type'],
  [44, 'an argument has to be a constant of another kind'],
  [47, 'a column is not there, or not in this part of the statement'],
  [53, 'types do not fit together'],
  [69, 'an argument is out of bounds'],
  [70, 'a value cannot be converted to the type'],
  [72, 'a text is no number: use a function that ends in OrNull'],
  [153, 'a division by zero: use intDivOrZero, or nullIf'],
  [179, 'two expressions have the same alias'],
  [184, 'an aggregate function stands where none may, such as in WHERE or within another'],
  [190, 'arrays that belong together have different lengths'],
  [207, 'a column could be one of several tables: name the table'],
  [215, 'a column is neither aggregated nor in GROUP BY'],
  [258, 'the parts of a UNION do not fit together'],
  [349, 'NULL cannot be converted to a type that has none'],
  [352, 'a column could be one of several tables: name the table'],
  [386, 'types do not fit together'],
  [403, 'a join needs conditions that compare columns of both sides'],
  [407, 'a decimal number does not fit its type'],
  [691, 'a word is none of those that the column can have'],
])

/** Limits of a statement, and that it was cancelled from outside: by its time. */
const TIME = new Set([159, 394])
const MEMORY = 241
const RESULT_BYTES = 396

/**
 * What the engine's refusal of a statement is answered with: its number and words of ours, never the engine's, which quote values. What is
 * no refusal is thrown as it is.
 */
export function engineRefusal(
  error: unknown,
  settings: Pick<Settings, 'SQL_TIMEOUT_MS' | 'SQL_MEMORY_BYTES' | 'SQL_RESULT_BYTES'>,
): unknown {
  if (!(error instanceof ExperienceError) || !(error.cause instanceof EngineFault)) return error
  const { number } = error.cause
  const refused = (message: string): HttpError =>
    new HttpError(400, 'InvalidQuery', `sql: ${message}`, { field: 'sql', cause: error })
  if (TIME.has(number))
    return refused(`took longer than ${settings.SQL_TIMEOUT_MS} ms: ask for less, such as a shorter range of instant`)
  if (number === MEMORY)
    return refused(`needs more than ${settings.SQL_MEMORY_BYTES} bytes of memory: group by less, or filter more`)
  if (number === RESULT_BYTES)
    return refused(`its answer takes more than ${settings.SQL_RESULT_BYTES} bytes: name fewer columns, or set a LIMIT`)
  const sentence = SENTENCES.get(number)
  if (sentence !== undefined) return refused(`${sentence} (ClickHouse ${number})`)
  if (error.retryable) return new HttpError(503, 'Unavailable', 'the engine is busy', { retryAfterS: 1, cause: error })
  return refused(`the engine refuses the statement (ClickHouse ${number})`)
}
