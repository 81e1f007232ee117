import type { ForeignLimits } from '../../../projections/read-model-store.ts'
import type { GivenSetting } from '../../../queries/sql/read/parse-tail.ts'
import { callersFault, type DoorError } from '../door-error.ts'
import { DEFAULT_TIMEZONE } from '../server-words.ts'
import { KNOWN_SETTINGS } from './known-settings.ts'

/** What settings of a client come to. */
export interface JudgedSettings {
  /** What the engine gets. */
  readonly engine: Readonly<Record<string, string | number>>
  readonly limits: ForeignLimits
  readonly timezone: string
  /** Whether any of them changes an answer. */
  readonly matter: boolean
}

/** What comes of settings, of which a later one is the stronger. Error: 404 or 400, which names the setting. */
export function judgeSettings(given: readonly GivenSetting[], most: ForeignLimits): JudgedSettings {
  const engine: Record<string, string> = {}
  const limits = new Map<string, string>()
  for (const { name, value } of given) {
    const use = KNOWN_SETTINGS.get(name)
    const shown = JSON.stringify(name.slice(0, 80))
    if (use === undefined) throw callersFault(115, 'UNKNOWN_SETTING', `the setting ${shown} may not be set here`)
    if (typeof value !== 'string') throw wrongValue(name)
    if (value.toLowerCase() === 'default') continue
    if (use.kind === 'engine') {
      if (!use.value.test(value)) throw wrongValue(name)
      engine[name] = value
    }
    if (use.kind === 'limit') limits.set(name, value)
    if (use.kind === 'ignored' && use.only !== undefined && !use.only.test(value)) throw wrongValue(name)
  }
  const matter = Object.keys(engine).length > 0 || limits.size > 0
  const timezone = engine['session_timezone'] || DEFAULT_TIMEZONE
  if (!isTimezone(timezone)) throw wrongValue('session_timezone')
  return { engine: { ...engine, session_timezone: timezone }, limits: lowered(limits, most), timezone, matter }
}

/** A client may ask for less than the door gives, and gets no more if it asks for more. */
function lowered(given: ReadonlyMap<string, string>, most: ForeignLimits): ForeignLimits {
  const seconds = positive('max_execution_time', given)
  const rows = positive('max_result_rows', given)
  const mode = given.get('result_overflow_mode') ?? 'throw'
  if (mode !== 'throw' && mode !== 'break') throw wrongValue('result_overflow_mode')
  const cut = Math.min(positive('limit', given) ?? Infinity, mode === 'break' ? (rows ?? Infinity) : Infinity)
  const isCut = cut <= Math.min(most.rows, rows ?? Infinity)
  return {
    ...most,
    milliseconds: Math.min(most.milliseconds, seconds === null ? Infinity : Math.ceil(seconds * 1000)),
    // Who says that fewer rows will do is answered with those; what the door itself leaves out is an error.
    rows: Math.ceil(Math.min(most.rows, rows ?? Infinity, cut)),
    more: isCut ? 'none' : 'error',
  }
}

/** Null where nothing, or no limit, is asked for. */
function positive(name: string, given: ReadonlyMap<string, string>): number | null {
  const text = given.get(name) ?? '0'
  if (!/^\d{1,20}(?:\.\d{1,9})?$/.test(text)) throw wrongValue(name)
  return Number(text) > 0 ? Number(text) : null
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function wrongValue(name: string): DoorError {
  return callersFault(
    36,
    'BAD_ARGUMENTS',
    `the setting ${JSON.stringify(name.slice(0, 80))} may not have this value here`,
  )
}
