import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Observer } from '../../../base/observer.ts'
import type { KeyState } from '../../../operations/keys/key.ts'
import type { Freshness } from '../query/freshness.ts'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const RECORDS = [1, 10, 100, 1000, 10_000, 100_000]
const PREFIX = 'experience_log'

/** What an operator watches, as Prometheus reads it. Labels come from lists of ours: never a tenant, a key or a path that was sent. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #answered = this.#histogram('http_request_seconds', 'Requests by how long they took', [
    'route',
    'method',
    'status',
  ])
  readonly #appended = this.#counter('appended_total', 'Events that the log took')
  readonly #appendedBytes = this.#counter('appended_bytes_total', 'Bytes of the records that the log took')
  readonly #notAppended = this.#counter('append_failures_total', 'Events that the log did not take, by error', ['code'])
  readonly #appendSeconds = this.#histogram('append_seconds', 'Appends of many events together, by how long they took')
  readonly #refused = this.#counter('refused_total', 'Events that were refused before they came to the log, by error', [
    'code',
  ])
  readonly #projected = this.#counter('projected_total', 'Rows of events that were inserted into the tables')
  readonly #duplicates = this.#counter('duplicates_total', 'Events that the tables had already, which count once')
  readonly #deadLetters = this.#counter('dead_letters_total', 'Records that are no events, by reason', ['reason'])
  readonly #batchRecords = this.#histogram('batch_records', 'Batches by how many records they projected', [], RECORDS)
  readonly #batchSeconds = this.#histogram('batch_seconds', 'Batches by how long they and their steps took', ['step'])
  readonly #asked = this.#histogram('question_seconds', 'Queries of the tables by how long they took, by question', [
    'question',
  ])
  readonly #postponed = this.#counter('projection_failures_total', 'Batches that failed and are tried again')
  readonly #switches = this.#counter('generation_switches_total', 'Changes to another generation of tables')
  readonly #holds = this.#counter('topic_holds_total', 'Topics that were held, or released', ['change'])

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** Counts what the process tells. */
  get observer(): Required<Observer> {
    return {
      appended: ({ events, bytes, seconds }) => {
        this.#appended.inc(events)
        this.#appendedBytes.inc(bytes)
        this.#appendSeconds.observe(seconds)
      },
      notAppended: (events, code) => this.#notAppended.inc({ code }, events),
      projected: ({ records, rows, duplicates, deadLetters, seconds }) => {
        this.#projected.inc(rows)
        this.#duplicates.inc(duplicates)
        for (const [reason, count] of deadLetters) this.#deadLetters.inc({ reason }, count)
        this.#batchRecords.observe(records)
        for (const [step, took] of Object.entries(seconds)) this.#batchSeconds.observe({ step }, took)
      },
      notProjected: () => this.#postponed.inc(),
      switched: () => this.#switches.inc(),
      held: () => this.#holds.inc({ change: 'held' }),
      released: () => this.#holds.inc({ change: 'released' }),
      asked: (question, seconds) => this.#asked.observe({ question }, seconds),
    }
  }

  /** A request was answered, after so many seconds. */
  answered(route: string, method: string, status: number, seconds: number): void {
    this.#answered.observe({ route, method, status: String(status) }, seconds)
  }

  /** An event was refused; `code` is one of an error body's. */
  refused(code: string): void {
    this.#refused.inc({ code })
  }

  /** Tells how far the tables are behind, as it was seen last. */
  watchLag(freshness: Freshness): void {
    this.#gauge('lag_events', 'Records of the log that the tables lack', () => Number(freshness.lagOf(null)?.events))
    this.#gauge('lag_seconds', 'For how long the tables have lacked a record that they lack now, at least', () =>
      freshness.lagSeconds(),
    )
  }

  /** Tells how many streams are open. */
  watchTails(tails: { readonly count: number }): void {
    this.#gauge('open_tails', 'Streams of events that are open', () => tails.count)
  }

  /** Tells how many keys there are, whatever has become of them. */
  watchKeys(keys: { readonly countByState: () => Record<KeyState, number> }): void {
    const gauge: Gauge = new Gauge({
      name: `${PREFIX}_keys`,
      help: 'Keys that were created, by what has become of them',
      labelNames: ['state'],
      registers: [this.#registry],
      collect: (): void => {
        for (const [state, count] of Object.entries(keys.countByState())) gauge.set({ state }, count)
      },
    })
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `${PREFIX}_${name}`, help, labelNames, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({
      name: `${PREFIX}_${name}`,
      help,
      registers: [this.#registry],
      collect: (): void => gauge.set(value()),
    })
  }

  #histogram(name: string, help: string, labelNames: string[] = [], buckets = SECONDS): Histogram {
    return new Histogram({ name: `${PREFIX}_${name}`, help, labelNames, buckets, registers: [this.#registry] })
  }
}
