import { ExperienceError } from '../../base/experience-error.ts'
import { EngineFault } from '../../projections/clickhouse/engine-fault.ts'
import type { ForeignQuestion } from '../../projections/read-model-store.ts'
import { SqlRefusal } from './sql-refusal.ts'

/** What the engine finds wrong with a statement that is right by our lists, by ClickHouse's number. */
const SENTENCES: ReadonlyMap<number, readonly [type: string, sentence: string]> = new Map([
  [6, ['CANNOT_PARSE_TEXT', 'a text cannot be read as the type that is wanted: use a function that ends in OrNull']],
  [
    27,
    [
      'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      'a text cannot be read as the type that is wanted: use a function that ends in OrNull',
    ],
  ],
  [38, ['CANNOT_PARSE_DATE', 'a text is no date: use a function that ends in OrNull']],
  [41, ['CANNOT_PARSE_DATETIME', 'a text is no date and time: use a function that ends in OrNull']],
  [42, ['NUMBER_OF_ARGUMENTS_DOESNT_MATCH', 'a function has the wrong number of arguments']],
  [43, ['ILLEGAL_TYPE_OF_ARGUMENT', 'a function cannot take an argument of this type']],
  [44, ['ILLEGAL_COLUMN', 'an argument has to be a constant of another kind']],
  [47, ['UNKNOWN_IDENTIFIER', 'a column is not there, or not in this part of the statement']],
  [53, ['TYPE_MISMATCH', 'types do not fit together']],
  [69, ['ARGUMENT_OUT_OF_BOUND', 'an argument is out of bounds']],
  [70, ['CANNOT_CONVERT_TYPE', 'a value cannot be converted to the type']],
  [72, ['CANNOT_PARSE_NUMBER', 'a text is no number: use a function that ends in OrNull']],
  [153, ['ILLEGAL_DIVISION', 'a division by zero: use intDivOrZero, or nullIf']],
  [179, ['MULTIPLE_EXPRESSIONS_FOR_ALIAS', 'two expressions have the same alias']],
  [184, ['ILLEGAL_AGGREGATION', 'an aggregate function stands where none may, such as in WHERE or within another']],
  [190, ['SIZES_OF_ARRAYS_DONT_MATCH', 'arrays that belong together have different lengths']],
  [207, ['AMBIGUOUS_IDENTIFIER', 'a column could be one of several tables: name the table']],
  [215, ['NOT_AN_AGGREGATE', 'a column is neither aggregated nor in GROUP BY']],
  [258, ['UNION_ALL_RESULT_STRUCTURES_MISMATCH', 'the parts of a UNION do not fit together']],
  [349, ['CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN', 'NULL cannot be converted to a type that has none']],
  [352, ['AMBIGUOUS_COLUMN_NAME', 'a column could be one of several tables: name the table']],
  [386, ['NO_COMMON_TYPE', 'types do not fit together']],
  [403, ['INVALID_JOIN_ON_EXPRESSION', 'a join needs conditions that compare columns of both sides']],
  [407, ['DECIMAL_OVERFLOW', 'a decimal number does not fit its type']],
  [691, ['UNKNOWN_ELEMENT_OF_ENUM', 'a word is none of those that the column can have']],
])

/** Limits of a statement, and that it was cancelled from outside: by its time. */
const TIME = new Set([159, 394])
const MEMORY = 241
const TOO_MUCH = 396

/**
 * What the engine's refusal of a statement is answered with: its number and words of ours, never the engine's, which quote values. What is
 * no refusal is thrown as it is.
 */
export function engineRefusal(error: unknown, { limits }: Pick<ForeignQuestion, 'limits'>): unknown {
  if (!(error instanceof ExperienceError) || !(error.cause instanceof EngineFault)) return error
  const { number } = error.cause
  const refused = (type: string, message: string, told = number): SqlRefusal =>
    new SqlRefusal({ number: told, type }, message, { cause: error })
  if (TIME.has(number)) {
    const message = `took longer than ${limits.milliseconds} ms: ask for less, such as a shorter range of instant`
    return refused('TIMEOUT_EXCEEDED', message, 159)
  }
  if (number === MEMORY) {
    const message = `needs more than ${limits.memoryBytes} bytes of memory: group by less, or filter more`
    return refused('MEMORY_LIMIT_EXCEEDED', message)
  }
  if (number === TOO_MUCH) return refused('TOO_MANY_ROWS_OR_BYTES', tooMuch(limits))
  const known = SENTENCES.get(number)
  if (known !== undefined) return refused(known[0], known[1])
  if (error.retryable)
    return new ExperienceError('Unavailable', 'the engine is busy', { cause: error, retryable: true })
  return refused('QUERY_NOT_ALLOWED', 'the engine refuses the statement')
}

function tooMuch({ rows, more, resultBytes }: ForeignQuestion['limits']): string {
  const most = more === 'error' ? `has more than ${rows} rows or takes more than` : 'takes more than'
  return `its answer ${most} ${resultBytes} bytes: name fewer columns, or set a LIMIT`
}
