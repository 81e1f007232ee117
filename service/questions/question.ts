import type { z } from 'zod'
import type { Target } from '../../consumers/projection-progress.ts'
import type { QueryContext } from '../../queries/query-context.ts'
import { parseInput } from '../../schemas/contract/parse-input.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { Service } from '../wiring/service.ts'
import type { AsOf } from './as-of.ts'

/** What every question says of itself, once it is checked. */
export type QuestionInput = z.ZodType<{ readonly tenant_id: string | null }>

/** A question as every door asks it: what it takes, and how the read model answers it. */
export interface Question<Input extends QuestionInput, Answer> {
  readonly input: Input
  readonly answer: (queries: QueryContext, input: z.output<Input>) => Promise<Answer>
}

/** What of the log an answer is about. */
export interface Seeing {
  /** As the log stood at a moment; null for all that it holds. */
  readonly asOf?: AsOf | null
  /**
   * What has to be projected before the answer is given. Default, and always where the log is asked as it stood at a moment: all
   * that it holds when the question is asked.
   */
  readonly projected?: readonly Target[] | undefined
}

/**
 * Checks the input, waits until the read model holds what the answer has to see, and asks. Errors: `InvalidQuery` naming the field,
 * `Lagging`, `TooManyDeadLetters`, `Unavailable`, `StorageError`.
 */
export async function ask<Input extends QuestionInput, Answer>(
  service: Pick<Service, 'queriesAsOf'>,
  { input: schema, answer }: Question<Input, Answer>,
  input: z.input<Input>,
  { asOf = null, projected }: Seeing = {},
): Promise<Answer> {
  const parsed = parseInput(schema, input)
  return answer(await service.queriesAsOf(asOf, parsed.tenant_id, projected), parsed)
}

/** The answer to a question for what an id names. Error: `NotFound`, where there is no such thing. */
export function found<Answer>(answer: Answer | null, thing: string): Answer {
  if (answer === null) throw new ExperienceError('NotFound', `there is no ${thing}`)
  return answer
}
