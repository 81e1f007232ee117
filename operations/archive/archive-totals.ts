import { withoutPosition } from '../../consumers/dead-letters/dead-letter-record.ts'
import { LogDigest } from '../../log/archive/log-digest.ts'
import type { LoggedRecord } from '../../log/archive/logged-record.ts'
import { homeOf, parseTopicName } from '../../log/archive/topic-name.ts'
import type { TopicKind } from '../../log/tenant-topics.ts'

interface TopicTotals {
  readonly home: string
  readonly kind: TopicKind
  records: number
  events: number
}

/** The answer's last line. */
export interface ArchiveSummary {
  readonly file: string
  readonly topics: number
  readonly records: number
  readonly events: number
  /** See `LogDigest`. */
  readonly digest: string
}

/** What an export or an import carried, per topic and in all. */
export class ArchiveTotals {
  readonly #topics = new Map<string, TopicTotals>()
  readonly #digest = new LogDigest()
  records = 0

  /** Counts a record under the name that its topic has here. */
  add(topic: string, record: LoggedRecord): void {
    const totals = this.#of(topic)
    const isEvent = record.value.kind === 'event'
    totals.records++
    totals.events += isEvent ? 1 : 0
    this.records++
    // A copy of a log has the record that a dead letter names in another place.
    const headers = totals.kind === 'events' ? record.headers : withoutPosition(record.headers)
    this.#digest.add(totals.home, { ...record, headers }, record.value)
  }

  /** The answer's lines but for the last. */
  topics(): object[] {
    return Array.from(this.#topics, ([topic, { records, events }]) => ({ topic, records, events }))
  }

  summary(file: string): ArchiveSummary {
    const events = Array.from(this.#topics.values()).reduce((sum, each) => sum + each.events, 0)
    return { file, topics: this.#topics.size, records: this.records, events, digest: this.#digest.text() }
  }

  #of(topic: string): TopicTotals {
    let totals = this.#topics.get(topic)
    if (totals === undefined) {
      totals = { home: homeOf(topic), kind: parseTopicName(topic).kind, records: 0, events: 0 }
      this.#topics.set(topic, totals)
    }
    return totals
  }
}
