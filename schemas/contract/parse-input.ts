import type { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { fieldPath } from '../json/field-path.ts'

/** Takes a value built in TypeScript by its schema. Error: `InvalidQuery` naming the first faulty field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const [first] = result.error.issues
  const issue = first === undefined ? undefined : innermost(first)
  const field = issue === undefined || issue.path.length === 0 ? 'document' : fieldPath(issue.path)
  throw new ExperienceError('InvalidQuery', `${field}: ${issue?.message ?? 'is not what is expected'}`, { field })
}

/** In a union, the fault inside the one option whose keys fit: the variant that was meant. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const fitting = issue.errors.filter((option) =>
    option.every(({ code, path }) => code !== 'unrecognized_keys' && path.length > 0),
  )
  const inner = fitting.length === 1 ? fitting[0]?.map(innermost)[0] : undefined
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] }
}
