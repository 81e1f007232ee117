import type { z } from 'zod'
import type { questions } from '../../questions/questions.ts'

/** Events as they are printed, that came together. */
export interface PrintedEvents {
  /** At least one. */
  readonly lines: readonly string[]
  /** The cursor of the last of them. */
  readonly cursor: string
}

/** Questions that are answered with rows. */
export type RowQuestion = 'artifacts' | 'outcomes' | 'chains' | 'budgets'

export type QuestionInputOf<Name extends keyof typeof questions> = z.input<(typeof questions)[Name]['input']>

/**
 * Who answers the questions of commands: the read model that this process opens, or a server over HTTP. Answers see everything that was
 * appended before. Errors: those of `ask`; `NotFound`, where nothing has the id.
 */
export interface Answerer {
  rows<Name extends RowQuestion>(question: Name, input: QuestionInputOf<Name>): Promise<readonly object[]>
  summary(input: QuestionInputOf<'summary'>): Promise<{ readonly by_kind: Readonly<Record<string, bigint>> }>
  /** The trace as it is printed. */
  traceLink(input: QuestionInputOf<'traceLink'>): Promise<string>
  events(input: QuestionInputOf<'eventPages'>): AsyncIterable<PrintedEvents>
  chain(input: QuestionInputOf<'chain'>): AsyncIterable<PrintedEvents>
}
