import type { z } from 'zod'
import type { QueryContext } from '../../queries/query-context.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { Service } from '../wiring/service.ts'
import type { Seeing } from './seeing.ts'

/** What every question says of itself, once it is checked. */
export type QuestionInput = z.ZodType<{ readonly tenant_id: string | null }>

/** A question as every door asks it: what it takes, and how the read model answers it. */
export interface Question<Input extends QuestionInput, Answer> {
  readonly input: Input
  readonly answer: (queries: QueryContext, input: z.output<Input>) => Promise<Answer>
}

/**
 * Checks the input, waits until the read model holds what the answer has to see, and asks. Errors: `InvalidQuery` naming the field,
 * `Lagging`, `TopicHeld`, `TooManyDeadLetters`, `Unavailable`, `StorageError`.
 */
export async function ask<Input extends QuestionInput, Answer>(
  service: Pick<Service, 'queriesAsOf'>,
  { input: schema, answer }: Question<Input, Answer>,
  input: z.input<Input>,
  seeing: Seeing = {},
): Promise<Answer> {
  const parsed = parseInput(schema, input)
  return answer(await service.queriesAsOf(parsed.tenant_id, seeing), parsed)
}

/** The answer to a question for what an id names. Error: `NotFound`, where there is no such thing. */
export function found<Answer>(answer: Answer | null, thing: string): Answer {
  if (answer === null) throw new ExperienceError('NotFound', `there is no ${thing}`)
  return answer
}
