import { z } from 'zod'

/** A string that can be written as UTF-8: no lone surrogates. */
export const wellFormedString = z.string().refine((text) => text.isWellFormed(), { error: 'holds a lone surrogate' })
