import type { z } from 'zod'
import { ExperienceError } from '../base/experience-error.ts'
import { wordIssue } from '../schemas/contract/word-issue.ts'
import { SettingsSchema } from './settings-schema.ts'
import type { Settings } from './settings-type.ts'

export type { Settings } from './settings-type.ts'

/** Reads the settings from environment variables, such as `process.env`. Error: `InvalidSettings`, with one line for each fault. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  // An empty variable means none: that is how compose files and shells unset.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = SettingsSchema.safeParse(given, { error: wordIssue })
  const faults = [...(result.error?.issues.map(faultOf) ?? []), ...combinationFaults(given)]
  if (!result.success || faults.length > 0) throw new ExperienceError('InvalidSettings', faults.join('\n'))
  return result.data
}

function faultOf(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0])}: ${issue.message}`
}

/** Settings that need another one: `[the one given, the one it needs]`. */
const NEEDS = [
  ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'],
  ['SCHEMA_REGISTRY_URL', 'KAFKA_BROKERS'],
  ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME'],
  ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_PASSWORD'],
  ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_MECHANISM'],
  ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL_MECHANISM'],
] as const satisfies readonly (readonly [keyof Settings, keyof Settings])[]

function combinationFaults(given: Readonly<Record<string, unknown>>): string[] {
  return NEEDS.filter(([name, needed]) => given[name] !== undefined && given[needed] === undefined).map(
    ([name, needed]) => `${needed}: required with ${name}`,
  )
}
