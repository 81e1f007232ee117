import { ExperienceError } from '../base/experience-error.ts'

/** The answer of a query takes more than its statement allows (`mostBytes`). */
export class AnswerTooLarge extends ExperienceError {
  constructor() {
    super('StorageError', 'the answer takes more memory than it may', { retryable: false })
  }
}
