import { InvalidArgumentError, Option, type Command } from 'commander'
import { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { validateIdentifier } from '../../schemas/contract/envelope.ts'
import { eventKinds } from '../../schemas/contract/event-kind.ts'
import { U64_MAX } from '../../schemas/contract/scalars.ts'
import { TimeBound } from '../../schemas/contract/time-range.ts'
import { parseAsOf, type AsOf } from '../questions/as-of.ts'

/** What `withFilter` adds. */
export interface Filter {
  readonly tenant?: string
  readonly from?: string
  readonly to?: string
}

/** Adds options for a tenant and a range of time. */
export function withFilter(command: Command): Command {
  return command
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant', parseTenant)
    .option('--from <instant>', 'first instant: ISO 8601, or epoch seconds followed by Z', parseBound)
    .option('--to <instant>', 'last instant, included', parseBound)
}

/** What `withAsOf` adds. */
export interface Moment {
  readonly asOf?: AsOf & {
    /** As it was spelt. */
    readonly text: string
  }
}

/** Adds the option for time travel. */
export function withAsOf(command: Command): Command {
  return command.option(
    '--as-of <moment>',
    'answer as the log stood then: an instant, or the topic/partition/offset or cursor of an event (separate several by commas)',
    parseMoment,
  )
}

/** Adds the option for what is printed. */
export function withFormat(command: Command): Command {
  return command.addOption(
    new Option('--format <format>', 'JSON lines, or a table to read').choices(['json', 'table']).default('json'),
  )
}

/** An option for a count. Commander cannot print a bigint by itself. */
export function countOption(flags: string, description: string, byDefault: bigint): Option {
  return new Option(flags, description).argParser(parseCount).default(byDefault, byDefault.toString())
}

/** The filter as questions take it. */
export function tenantAndRange({ tenant, from, to }: Filter): {
  readonly tenant_id: string | null
  readonly time_range: { readonly start: string | null; readonly end: string | null } | null
} {
  const hasRange = from !== undefined || to !== undefined
  return { tenant_id: tenant ?? null, time_range: hasRange ? { start: from ?? null, end: to ?? null } : null }
}

/** An option's value for an end of a range of time. */
export const parseBound = argumentOf(TimeBound)

/** An option's value for a tenant: with an id that no event can have, nothing would be found, whatever there is. */
export function parseTenant(text: string): string {
  try {
    validateIdentifier('tenant', text)
  } catch (error) {
    throw error instanceof ExperienceError ? faultyArgument(error.message.replace(/^tenant /, '')) : error
  }
  return text
}

function parseMoment(text: string): NonNullable<Moment['asOf']> {
  try {
    return { ...parseAsOf(text), text }
  } catch (error) {
    throw error instanceof ExperienceError ? faultyArgument(error.message.replace(/^as_of: /, '')) : error
  }
}

const NO_COUNT = 'must be a whole number'

/** An option's value for a count. */
export const parseCount = argumentOf(
  z
    .string()
    .regex(/^\d{1,20}$/, { error: NO_COUNT })
    .transform(BigInt)
    .pipe(z.bigint().max(U64_MAX, { error: NO_COUNT })),
)

/** Takes an option's text by a schema. */
function argumentOf<S extends z.ZodType>(schema: S): (text: string) => z.output<S> {
  return (text) => {
    const result = schema.safeParse(text)
    if (result.success) return result.data
    throw faultyArgument(result.error.issues[0]!.message)
  }
}

/** `fault` follows a subject: `must be a whole number`. */
export function faultyArgument(fault: string): InvalidArgumentError {
  return new InvalidArgumentError(`It ${fault}.`)
}

/** An option for kinds of events: several words, or repeated. */
export function kindOption(): Option {
  return new Option('--kind <kind...>', 'kinds of events; default: all').choices(eventKinds).default([])
}

/** For who gives several values as a list. */
function hint({ long, defaultValue }: Option, text: string): string {
  if (!Array.isArray(defaultValue) || !text.includes(',')) return ''
  const each = text.split(',').map((word) => `${long} ${word.trim()}`)
  return ` Give each by itself: ${each.join(' ')}`
}

/** Makes options note their faults instead of ending the program at the first: all are told before the command would run. */
export function collectFaults(command: Command, faults: string[]): void {
  for (const option of command.options) {
    const parse = option.parseArg
    if (parse === undefined) continue
    option.argParser((text: string, previous: unknown) => {
      try {
        return parse(text, previous)
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error
        faults.push(
          `error: option '${option.flags}' argument '${text}' is invalid. ${error.message}${hint(option, text)}`,
        )
        return previous
      }
    })
  }
  for (const subcommand of command.commands) collectFaults(subcommand, faults)
}
