import { createHash } from 'node:crypto'
import type { Settings } from '../../settings.ts'

/**
 * How a command of a second terminal reaches the process that has the data open. Its control connection carries lines of JSON: the call,
 * the answer with its id, then whether the user asks it to stop, and at last the exit code. Its streams have a connection each, so that
 * each has its own back-pressure and its own end: a line names call and stream, and the bytes follow. Input is sent from the moment when
 * the command first reads, which a byte tells: what a command does not read is left to whoever reads the terminal next.
 */
export interface CommandCall {
  /** Release of the package: a command must be what the user's own release makes of it. */
  readonly version: string
  /** What the settings are about, see `placeOf`. */
  readonly place: Readonly<Record<string, string>>
  readonly args: readonly string[]
  /** Settings that were given, but for those that say where the data is. */
  readonly environment: Readonly<Record<string, string>>
  /** Where paths begin. */
  readonly cwd: string
  /** Which outputs are terminals. */
  readonly terminals: { readonly stdout: boolean; readonly stderr: boolean }
}

export type CallAnswer = { readonly call: string } | { readonly refused: string }

export const STREAMS = ['stdin', 'stdout', 'stderr'] as const
export type StreamName = (typeof STREAMS)[number]

/** The first line of a connection that carries a stream. */
export interface StreamOfCall {
  readonly call: string
  readonly stream: StreamName
}

/** A line of the control connection, from who calls. */
export interface StopCall {
  readonly stop: true
}

/** Instead of a call: asks where the process listens. */
export interface WhereCall {
  readonly where: true
}

/** The URL at which it answers over HTTP; null while it does not yet. */
export interface WhereAnswer {
  readonly url: string | null
}

/** The last line of the control connection. */
export interface EndOfCall {
  readonly exitCode: number
}

/** What has to be the same in both terminals, as digests: a list of brokers is nobody's secret, but the next setting may be. */
export function placeOf({ TOPIC_PREFIX, CLICKHOUSE_DATABASE, KAFKA_BROKERS }: Settings): Record<string, string> {
  const place = { TOPIC_PREFIX, CLICKHOUSE_DATABASE, KAFKA_BROKERS: KAFKA_BROKERS?.join(',') ?? '' }
  return Object.fromEntries(Object.entries(place).map(([name, value]) => [name, digest(value)]))
}

/** Whether a setting says where the data is, or how to get at it: those are the serving process's own. */
export function isAboutPlace(name: string): boolean {
  return /^(?:EXPERIENCE_LOG_DATA|TOPIC_PREFIX|KAFKA_.*|SCHEMA_REGISTRY_.*|CLICKHOUSE_.*)$/.test(name)
}

/** Settings as given in the second terminal, about the data of the process that serves. */
export function settingsAt(place: Settings, given: Settings): Settings {
  const ofPlace = Object.entries(place).filter(([name]) => isAboutPlace(name))
  const others = Object.entries(given).filter(([name]) => !isAboutPlace(name))
  return Object.fromEntries([...others, ...ofPlace]) as unknown as Settings
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
