import { checkNotInterrupted } from '../../base/interruption.ts'
import { offset } from '../../base/position.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import { countEventsAt } from '../../queries/as-of/events-at.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { OpenLog } from '../wiring/open-log.ts'
import { openProducer } from '../wiring/open-producer.ts'
import type { Service } from '../wiring/service.ts'
import type { OffsetRanges } from '../ingest/offset-ranges.ts'
import { readLines } from '../ingest/read-lines.ts'
import { StreamAppender, type EventPlace } from '../ingest/stream-appender.ts'
import { describeError, withLog, withService, writeLine, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { jsonLine } from '../../schemas/json/json-line.ts'
import { ingestOverHttp } from './over-http/ingest-over-http.ts'
import { serverOf } from './over-http/server-of.ts'
import { openInput, type Input } from './terminal/open-input.ts'
import { Progress, QUIET_MS } from './terminal/progress.ts'
import { tell } from './terminal/write.ts'

/** Larger than any envelope that the log takes, in whatever spelling. */
const MAX_LINE_BYTES = 16 << 20
/** Bytes of lines that may be under way at once: some batches, so that the log is never without work. */
const WINDOW_BYTES = 8 << 20

/**
 * Appends the envelopes of a file, or of standard input for `-`. A line that is refused is told on stderr, and the others are
 * appended all the same. What was accepted is printed even when the log fails midway.
 */
export async function ingest(context: CommandContext, file: string): Promise<number> {
  const input = await openInput(context, file)
  const server = serverOf(context.settings)
  if (server !== null) return ingestOverHttp(context, server, input, MAX_LINE_BYTES)
  const counts = { accepted: 0, rejected: 0 }
  return withLog(context, async (log) => {
    let duplicates: bigint | null = null
    let failure: unknown
    const producer = await openProducer(log, context.settings, context.open?.observer)
    try {
      const appended = await appendLines(context, producer, input, counts)
      await producer.close()
      if (!context.stopped.aborted) duplicates = await countDuplicates(context, log, counts.accepted, appended)
    } catch (error) {
      // What was accepted is told in any case.
      failure = error
      await producer.close()
    }
    await writeLine(context.stdout, jsonLine({ ...counts, duplicates }))
    if (failure !== undefined) throw failure
    checkNotInterrupted(context.stopped, 'the rest of the input was not read')
    return counts.rejected === 0 ? EXIT.done : EXIT.no
  })
}

async function appendLines(
  context: CommandContext,
  producer: EventProducer,
  { stream: input, size }: Input,
  counts: { accepted: number; rejected: number },
): Promise<OffsetRanges> {
  const progress = new Progress(context.stderr, 'ingesting', QUIET_MS)
  const refused: { readonly place: EventPlace; readonly error: ExperienceError }[] = []
  const appender = new StreamAppender(producer, {
    tenant: null,
    windowBytes: () => WINDOW_BYTES,
    refused: (place, error) => {
      if (error.code === 'InvalidQuery') refused.push({ place, error })
    },
  })
  const tellRefused = async (): Promise<void> => {
    for (const { place, error } of refused.splice(0)) {
      const { code, field = 'document', message } = error
      counts.rejected++
      progress.clear()
      await tell(context.stderr, jsonLine({ line: place.line, code, field, message }))
    }
  }

  let bytesRead = 0
  // An input that is slow, or that never ends, must not hold up the end.
  const stop = (): void => void input.destroy()
  context.stopped.addEventListener('abort', stop, { once: true })
  try {
    for await (const lines of readLines(input, MAX_LINE_BYTES)) {
      if (context.stopped.aborted || appender.fault !== null) break
      for (const { length } of lines) bytesRead += length
      appender.appendLines(lines, MAX_LINE_BYTES)
      progress.update(bytesRead, size ?? undefined, ` bytes, ${appender.accepted} events appended`)
      await tellRefused()
      await appender.ready()
    }
  } catch (error) {
    // Reading ends with an error when the input is closed halfway.
    if (!context.stopped.aborted) throw error
  } finally {
    context.stopped.removeEventListener('abort', stop)
    await appender.settled()
    await tellRefused()
    counts.accepted = appender.accepted
    progress.clear()
  }
  if (appender.fault !== null) throw appender.fault
  return appender.appended
}

/**
 * How many of the accepted events the read model holds no row of, since an equal event came before. Null where that is not
 * known: a producer does not wait for a read model that others project into.
 */
async function countDuplicates(
  context: CommandContext,
  log: OpenLog,
  accepted: number,
  appended: OffsetRanges,
): Promise<bigint | null> {
  if (context.settings.CLICKHOUSE_URL !== undefined) return null
  const ranges = appended.all()
  const count = async (service: Service): Promise<bigint> => {
    await service.waitUntilProjected(
      ranges.map(({ topic, partition, next }) => ({ topic, partition, next: offset(next) })),
    )
    return BigInt(accepted) - (await countEventsAt(service.queries, ranges))
  }
  try {
    return await withService(context, count, log)
  } catch (error) {
    // What was appended is safe; another process may have the read model open, or be slow; a topic may be held.
    const isHeld = error instanceof ExperienceError && error.code === 'TopicHeld'
    if (isHeld) context.stderr.write(`${describeError(error)}\n`)
    if (isHeld || (error instanceof ExperienceError && error.retryable)) return null
    throw error
  }
}
