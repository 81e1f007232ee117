import { ExperienceError } from '../../base/experience-error.ts'
import { AnswerTooLarge } from '../answer-too-large.ts'
import { EngineFault } from './engine-fault.ts'

/** What ClickHouse said: its number, the name of that number, and its own words. */
export interface ServerFault {
  readonly code: number
  readonly type: string
  readonly text: string
}

const faultText = /Code: (\d+)\.[^]*?Exception: ([^]*?)\s*\(([A-Z][A-Z0-9_]{2,})\)/

/** Finds ClickHouse's fault in an error of either client, or null if it is none of ClickHouse's. */
export function serverFault(error: unknown): ServerFault | null {
  if (!(error instanceof Error)) return null
  const { code, type } = error as { code?: unknown; type?: unknown }
  if (typeof code === 'string' && /^\d+$/.test(code) && typeof type === 'string') {
    return { code: Number(code), type, text: error.message }
  }
  const match = faultText.exec(error.message)
  if (match === null) return null
  return { code: Number(match[1]), type: match[3] ?? '', text: match[2] ?? '' }
}

/**
 * States that pass: time-outs (159, 160, 209), too many queries (202, 203), network (210), aborted (236), memory (241),
 * read-only table (242), disk space (243), too many parts (252), Keeper and replicas (225, 254, 279, 285, 286, 319, 999),
 * a busy or starting server (439, 473, 499, 517, 745).
 */
const passing: ReadonlySet<number> = new Set([
  159, 160, 202, 203, 209, 210, 225, 236, 241, 242, 243, 252, 254, 279, 285, 286, 319, 439, 473, 499, 517, 745, 999,
])

/**
 * Faults whose words speak of names, types and limits. The words of every other fault may quote what was inserted or asked
 * for, so only the fault's own name is passed on.
 */
const tellable: ReadonlySet<number> = new Set([
  10, 16, 44, 46, 47, 48, 57, 60, 62, 76, 80, 81, 115, 164, 192, 194, 195, 215, 218, 220, 226, 228, 291, 344, 373, 452,
  456, 497, 516, 584, 594,
])

/** MEMORY_LIMIT_EXCEEDED and TOO_MANY_ROWS_OR_BYTES. */
const tooLarge: ReadonlySet<number> = new Set([241, 396])

/** READONLY and ACCESS_DENIED. */
const lacksRight: ReadonlySet<number> = new Set([164, 497])

/**
 * The fault as a `StorageError`: retryable if it passes, with no data in its message, and with an `EngineFault` as its cause. Of a statement whose answer is bounded, one
 * about its size is an `AnswerTooLarge`.
 */
export function storageError(fault: ServerFault, isBounded = false): ExperienceError {
  if (isBounded && tooLarge.has(fault.code)) return new AnswerTooLarge()
  const retryable = passing.has(fault.code)
  const words = retryable || tellable.has(fault.code) ? tellableWords(fault.text) : ''
  const page = lacksRight.has(fault.code) ? ' (docs/rights.md, ClickHouse)' : ''
  const message = `ClickHouse rejected the request: ${fault.type} (code ${fault.code})${words === '' ? '' : `: ${words}`}${page}`
  return new ExperienceError('StorageError', message, { retryable, cause: new EngineFault(fault.code, fault.type) })
}

const MAX_WORDS = 300

function tellableWords(text: string): string {
  const sentence = (text.split('\n', 1)[0] ?? '')
    .replace(/ ?(?:Stack trace|In scope|While executing|: While|failed at position)\b.*$/i, '')
    .replace(/(?<![A-Za-z])'(?:[^'\\]|\\.)*'?/g, "'…'")
    .replace(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .trim()
  return sentence.length > MAX_WORDS ? `${sentence.slice(0, MAX_WORDS)}…` : sentence
}
