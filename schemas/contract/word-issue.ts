import { z } from 'zod'
import { BOOLEAN, mustBeOneOf, NOT_KNOWN, oneOfExternal, textFault, valueMustBe } from '../fault-text.ts'
import { isPlainObject } from './plain-object.ts'

const NEEDED: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: BOOLEAN,
  number: 'a number',
  array: 'an array',
  object: 'an object',
  map: 'an object',
}

/** The choice that an option is part of: zod tells a key too many of the option alone. */
const choices = new WeakMap<object, z.ZodUnion>()

/** A choice of bare words and objects of one key. */
export function choiceOf<const Options extends readonly z.ZodType[]>(options: Options): z.ZodUnion<Options> {
  const choice = z.union(options)
  for (const option of options) choices.set(option, choice)
  return choice
}

/** For zod's `error`: words what zod finds as the reader of JSON would, where the schema has no words of its own. */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue
  switch (issue.code) {
    case 'invalid_type':
      return valueMustBe(NEEDED[issue.expected] ?? `a ${issue.expected}`, input)
    case 'invalid_value':
      return textFault(input, mustBeOneOf(issue.values))
    case 'invalid_union':
      return issue.discriminator === undefined ? choiceFault(issue) : tagFault(issue, issue.discriminator)
    case 'unrecognized_keys':
      return choiceFault(issue) ?? NOT_KNOWN
    case 'too_small':
      return `must be at least ${issue.minimum}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    // Schemas that find these have words of their own.
    case 'custom':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return undefined
  }
}

function tagFault(issue: z.core.$ZodRawIssue, discriminator: string): string {
  const tags = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
  return textFault((issue.input as Readonly<Record<string, unknown>>)[discriminator], mustBeOneOf(tags))
}

function choiceFault({ inst, input }: z.core.$ZodRawIssue): string | undefined {
  const choice = inst instanceof z.ZodUnion ? inst : choices.get(inst ?? {})
  if (choice === undefined) return undefined
  const options = oneOfExternal(choice.options.flatMap(wordsOf), choice.options.flatMap(keysOf))
  if (isPlainObject(input)) return `must be ${options}`
  return typeof input === 'string' ? textFault(input, `must be ${options}`) : valueMustBe(options, input)
}

function wordsOf(option: z.core.$ZodType): string[] {
  return option instanceof z.ZodEnum ? option.options.map(String) : []
}

function keysOf(option: z.core.$ZodType): string[] {
  return option instanceof z.ZodObject ? Object.keys(option.shape) : []
}
