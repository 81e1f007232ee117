import { z } from 'zod'
import type { HttpErrorCode } from '../http-error.ts'

const CODES = [
  'InvalidQuery',
  'NotFound',
  'StorageError',
  'Unauthorized',
  'Forbidden',
  'TooManyRequests',
  'Unavailable',
  'Lagging',
] as const satisfies readonly HttpErrorCode[]

/** The body of every error, as the document of the API tells it. */
export const ErrorBody = z
  .strictObject({
    error: z.strictObject({
      code: z.enum(CODES).describe('What kind of error it is'),
      message: z.string().describe('What went wrong and what to do, for people'),
      field: z.string().nullable().describe('What is at fault: a field of the body, a parameter, or a header'),
    }),
  })
  .meta({ id: 'Error', description: 'What went wrong' })
