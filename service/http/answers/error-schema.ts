import { z } from 'zod'
import { ANSWERED_CODES } from '../../../base/answered-codes.ts'

/** The body of every error, as the document of the API tells it. */
export const ErrorBody = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(ANSWERED_CODES).describe('What kind of error it is'),
      message: z.string().describe('What went wrong and what to do, for people'),
      field: z.string().nullable().describe('What is at fault: a field of the body, a parameter, or a header'),
      faults: z
        .array(
          z.strictObject({
            code: z.string(),
            message: z.string(),
            line: z.int().min(1),
            column: z.int().min(1),
          }),
        )
        .optional()
        .describe('Of a statement in SQL: everything that is wrong with it, and where'),
    }),
  })
  .meta({ id: 'Error', description: 'What went wrong' })
