import { z } from 'zod'
import { string, U64_MAX, wire } from '../../../schemas/contract/scalars.ts'

/** A count as a parameter spells it, as large as 64 bits hold. */
export const countParameter = wire(
  z.string().refine((text) => /^\d{1,20}$/.test(text) && BigInt(text) <= U64_MAX, {
    error: 'must be a whole number from 0 to 18446744073709551615',
  }),
  { form: 'u64' },
).transform(BigInt)

/** The longest page; an answer in lines may have any length. */
export const LONGEST_PAGE = 10_000n

/** How many a page holds, which has no other form. */
export const lengthParameter = countParameter
  .refine((length) => length <= LONGEST_PAGE, { error: `may be ${LONGEST_PAGE} at most` })
  .meta({ maximum: Number(LONGEST_PAGE) })

/** Yes or no. */
export const flagParameter = z.enum(['true', 'false']).transform((text) => text === 'true')

/** Times that a parameter may be given: with all headers, a URL takes 16 KiB at most. */
const MOST_TIMES = 200

/** The same parameter any number of times: its values may hold commas. */
export function repeatedParameter<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[]> {
  return z.preprocess((given) => (given === undefined ? [] : [given].flat()), z.array(item).max(MOST_TIMES)) as never
}

/** The same parameter several times, or its values separated by commas; an empty one holds none. */
export function listParameter<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[]> {
  return z.preprocess(
    (given) => [given].flat().flatMap((text: unknown) => (typeof text === 'string' ? splitList(text) : [text])),
    z.array(item),
  ) as never
}

function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

/** An id in a path: any text. */
export const IdPath = z.strictObject({ id: string })
