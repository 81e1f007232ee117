import type { z } from 'zod'
import { ExperienceError } from '../experience-error.ts'
import { fieldPath } from '../json/field-path.ts'

/** Takes a value built in TypeScript by its schema. Error: `InvalidQuery` naming the first faulty field. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue === undefined || issue.path.length === 0 ? 'document' : fieldPath(issue.path)
  throw new ExperienceError('InvalidQuery', `${field}: ${issue?.message ?? 'is not what is expected'}`, { field })
}
