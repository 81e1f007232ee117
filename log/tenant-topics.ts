import { createHash } from 'node:crypto'
import { ExperienceError } from '../base/experience-error.ts'

/** What a tenant's topic holds: its events, or the records that could not be projected. */
export type TopicKind = 'events' | 'dead-letters'

const KINDS: readonly TopicKind[] = ['events', 'dead-letters']
const KAFKA_NAME_LIMIT = 249
/** Characters of a long tenant id that its shortened name still shows; each may take two. */
const READABLE_CHARACTERS = 60
/** So long that a shortened dead-letter name still fits: 249 - ".dead-letters." - 2 × 60 - "-h" - 64 hex digits. */
const PREFIX_LIMIT = 49

const TENANTLESS = '-n'
const SHORTENED = '-h'
const LEGAL = /^[A-Za-z0-9._-]*$/
const ESCAPES: Readonly<Record<string, string>> = { '-': '--', _: '-u' }

function escape(text: string): string {
  return text.replaceAll(/[-_]/g, (character) => ESCAPES[character] ?? character)
}

/** The text that escapes to `escaped`, or undefined where no text does. */
function unescape(escaped: string): string | undefined {
  return /^(?:[A-Za-z0-9.]|--|-u)*$/.test(escaped)
    ? escaped.replaceAll(/-[-u]/g, (pair) => (pair === '--' ? '-' : '_'))
    : undefined
}

function shorten(tenant: string): string {
  const readable = /^[A-Za-z0-9._-]*/.exec(tenant)?.[0].slice(0, READABLE_CHARACTERS) ?? ''
  return escape(readable) + SHORTENED + createHash('sha256').update(tenant).digest('hex')
}

/**
 * Maps tenants to Kafka topics, `<prefix>.<kind>.<escaped tenant>`: total, injective, and legal for Kafka (at most 249 of
 * `A-Z a-z 0-9 . _ -`). No name holds `_`, so none collides with another where Kafka equates `.` and `_` (metric names).
 *
 * `-` becomes `--` and `_` becomes `-u`; the tenantless topic is `-n`. A name that would be too long for either kind, or a
 * tenant id with other characters, becomes its escaped beginning, `-h` and the id's SHA-256. The escaper makes neither `-n`
 * nor `-h`, so these can't be a tenant's own name.
 */
export class TenantTopics {
  readonly #prefix: string

  /** Error: `InvalidSettings` for a prefix that is not 1 to 49 letters, digits and hyphens. */
  constructor(prefix = 'experience') {
    if (!/^[A-Za-z0-9-]+$/.test(prefix) || prefix.length > PREFIX_LIMIT) {
      throw new ExperienceError(
        'InvalidSettings',
        `topic prefix: must be 1 to ${PREFIX_LIMIT} letters, digits and hyphens, but is ${JSON.stringify(prefix)}`,
      )
    }
    this.#prefix = prefix
  }

  /** What the names of all topics, and of consumer groups, start with. */
  get prefix(): string {
    return this.#prefix
  }

  /** The topic of a tenant, or of the events without one (null). */
  topic(kind: TopicKind, tenant: string | null): string {
    return this.topicPrefix(kind) + this.#escaped(tenant)
  }

  /** What the names of all topics of a kind start with, and no other topic's name does. */
  topicPrefix(kind: TopicKind): string {
    return `${this.#prefix}.${kind}.`
  }

  /** The topic of what operators did. No tenant's topic has this name: theirs have three parts. */
  get operationsTopic(): string {
    return `${this.#prefix}.operations`
  }

  /** The tenant of a topic, null for the tenantless one; undefined where the name does not tell (shortened, or not ours). */
  tenant(topic: string): string | null | undefined {
    const kind = KINDS.find((each) => topic.startsWith(this.topicPrefix(each)))
    if (kind === undefined) return undefined
    const escaped = topic.slice(this.topicPrefix(kind).length)
    return escaped === TENANTLESS ? null : unescape(escaped)
  }

  /** As `tenant`, as it is printed: `''` for the tenantless topic, null where the name does not tell. */
  tenantId(topic: string): string | null {
    const tenant = this.tenant(topic)
    return tenant === undefined ? null : (tenant ?? '')
  }

  #escaped(tenant: string | null): string {
    if (tenant === null) return TENANTLESS
    const escaped = escape(tenant)
    const longest = this.topicPrefix('dead-letters').length + escaped.length
    return LEGAL.test(tenant) && longest <= KAFKA_NAME_LIMIT ? escaped : shorten(tenant)
  }
}
