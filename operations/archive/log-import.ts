import { positionHeaders } from '../../consumers/dead-letters/dead-letter-record.ts'
import { namedPosition } from '../../consumers/dead-letters/stored-dead-letter.ts'
import type { LoggedRecord } from '../../log/archive/logged-record.ts'
import { storedValue } from '../../log/archive/portable-value.ts'
import { RegisteredSchemas } from '../../log/archive/registered-schemas.ts'
import { parseTopicName, topicUnder } from '../../log/archive/topic-name.ts'
import type { AppendRequest } from '../../log/event-log.ts'
import type { LogRecord } from '../../log/record.ts'
import { recordBytes } from '../../log/record-size.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { TenantLog } from '../../log/tenant-log.ts'
import type { ArchiveTotals } from './archive-totals.ts'
import { MovedPositions } from './moved-positions.ts'

/** Enough that the log's answers do not hold up the reading, on either log. */
const BATCH_BYTES = 4 << 20
const BATCH_RECORDS = 10_000

interface Appended {
  readonly record: LoggedRecord
  readonly request: AppendRequest
}

interface Target {
  readonly topic: string
  readonly isDeadLetters: boolean
  readonly maxRecordBytes: number
}

/** Appends the records of an archive to a log, in their order: one append is under way while the next is filled. */
export class LogImport {
  readonly #open: TenantLog
  readonly #totals: ArchiveTotals
  readonly #schemas: RegisteredSchemas
  readonly #targets = new Map<string, Target>()
  /** Of the tenant whose events were read last. */
  readonly #moved = new MovedPositions()
  #source = ''
  #batch: Appended[] = []
  #bytes = 0
  #appending: Promise<void> = Promise.resolve()

  /** `totals` counts what the log has answered for. */
  constructor(open: TenantLog, totals: ArchiveTotals) {
    this.#open = open
    this.#totals = totals
    this.#schemas = new RegisteredSchemas(open.registry)
  }

  /**
   * Takes a record, waiting for room. Errors: `InvalidQuery` (it is too large, or of no topic of ours), and those of the log and
   * the registry, also about earlier records.
   */
  async add(record: LoggedRecord): Promise<void> {
    const target = this.#targets.get(record.topic) ?? (await this.#findTarget(record.topic))
    if (record.topic !== this.#source) await this.#changeTopic(record.topic, target)
    const request = {
      topic: target.topic,
      record: {
        key: record.key,
        headers: target.isDeadLetters ? this.#headersHere(record.headers) : record.headers,
        timestamp: record.timestamp,
        value: await storedValue(record.value, (schema) => this.#schemas.register(schema)),
      },
    }
    const bytes = recordBytes(request.record)
    if (bytes > target.maxRecordBytes) throw tooLarge(record, bytes, target)
    this.#batch.push({ record, request })
    this.#bytes += bytes
    if (this.#bytes >= BATCH_BYTES || this.#batch.length >= BATCH_RECORDS) await this.#flush()
  }

  /** Appends what is left. Errors: those of the log, also about earlier records. */
  async end(): Promise<void> {
    await this.#flush()
    await this.#appending
  }

  async #findTarget(source: string): Promise<Target> {
    const topic = topicUnder(this.#open.topics, source)
    const isDeadLetters = parseTopicName(topic).kind === 'dead-letters'
    const target = { topic, isDeadLetters, maxRecordBytes: await this.#open.log.maxRecordBytes(topic) }
    this.#targets.set(source, target)
    return target
  }

  /** A tenant's dead letters follow its events: by then, it has to be known where all of these are. */
  async #changeTopic(source: string, { isDeadLetters }: Target): Promise<void> {
    this.#source = source
    if (isDeadLetters) await this.end()
    else this.#moved.clear()
  }

  async #flush(): Promise<void> {
    await this.#appending
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#bytes = 0
    this.#appending = this.#append(batch)
    // A promise that nobody awaits yet must not reject.
    this.#appending.catch(() => {})
  }

  async #append(batch: readonly Appended[]): Promise<void> {
    const positions = await this.#open.log.append(batch.map(({ request }) => request))
    for (const [index, { record, request }] of batch.entries()) {
      this.#totals.add(request.topic, record)
      if (this.#targets.get(record.topic)?.isDeadLetters === false) this.#moved.add(record, positions[index]!)
    }
  }

  /** The headers of a dead letter or resolution, naming the bad record where it is now. */
  #headersHere(headers: LogRecord['headers']): LogRecord['headers'] {
    const named = namedPosition(headers)
    const here = named === null ? null : this.#moved.find(named)
    return here === null ? headers : { ...headers, ...positionHeaders(here) }
  }
}

function tooLarge({ topic, partition, offset }: LoggedRecord, bytes: number, target: Target): ExperienceError {
  const message = `record ${topic}/${partition}/${offset} takes ${bytes} bytes, which is more than the ${target.maxRecordBytes} that one may take in ${target.topic}`
  return new ExperienceError('InvalidQuery', message, { field: 'file' })
}
