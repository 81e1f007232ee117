import type { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { NOT_KNOWN } from '../fault-text.ts'
import { fieldPath } from '../json/field-path.ts'
import { wordIssue } from './word-issue.ts'

/** Takes a value built in TypeScript by its schema. Error: `InvalidQuery` naming the first faulty field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input, { error: wordIssue, reportInput: true })
  if (result.success) return result.data
  const { path, message } = innermost(result.error.issues[0]!)
  const field = path.length === 0 ? 'document' : fieldPath(path)
  throw new ExperienceError('InvalidQuery', `${field}: ${message}`, { field })
}

/** A field that is not known is at fault itself. In a union, the fault inside the variant that was meant: the one that the only key names. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code === 'unrecognized_keys' && issue.message === NOT_KNOWN)
    return { ...issue, path: [...issue.path, issue.keys[0]!] }
  if (issue.code !== 'invalid_union') return issue
  const keys = Object.keys(issue.input ?? {})
  const meant = issue.errors.find((option) => keys.length === 1 && option.every(({ path }) => path[0] === keys[0]))
  const inner = meant?.map(innermost)[0]
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] }
}
