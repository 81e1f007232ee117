import { checkNotInterrupted } from '../../base/interruption.ts'
import { CR, SPACE, TAB } from '../../base/characters.ts'
import { offset } from '../../base/position.ts'
import type { EventProducer } from '../../producers/event-producer.ts'
import { countEventsAt } from '../../queries/as-of/events-at.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { OpenLog } from '../wiring/open-log.ts'
import { openProducer } from '../wiring/open-producer.ts'
import type { Service } from '../wiring/service.ts'
import { describeError, withLog, withService, writeLine, type CommandContext } from './command-context.ts'
import { EXIT } from './exit-codes.ts'
import { jsonLine } from '../../schemas/json/json-line.ts'
import { OffsetRanges } from './offset-ranges.ts'
import { openInput, type Input } from './terminal/open-input.ts'
import { Progress, QUIET_MS } from './terminal/progress.ts'
import { readLines, type Line } from './terminal/read-lines.ts'
import { tell } from './terminal/write.ts'

/** Larger than any envelope that the log takes, in whatever spelling. */
const MAX_LINE_BYTES = 16 << 20
/** Lines after which those before are waited for: what may be under way at once, and whose errors are held, is twice as much. */
const LINES_UNDER_WAY = 4096

/**
 * Appends the envelopes of a file, or of standard input for `-`. A line that is refused is told on stderr, and the others are
 * appended all the same. What was accepted is printed even when the log fails midway.
 */
export async function ingest(context: CommandContext, file: string): Promise<number> {
  const input = await openInput(context, file)
  const counts = { accepted: 0, rejected: 0 }
  return withLog(context, async (log) => {
    const appended = new OffsetRanges()
    let duplicates: bigint | null = null
    let failure: unknown
    const producer = await openProducer(log, context.settings)
    try {
      await appendLines(context, producer, input, counts, appended)
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
  appended: OffsetRanges,
): Promise<void> {
  const progress = new Progress(context.stderr, 'ingesting', QUIET_MS)
  let bytesRead = 0
  const refuse = async (line: Line, error: unknown): Promise<void> => {
    if (!(error instanceof ExperienceError) || error.code !== 'InvalidQuery') throw error
    counts.rejected++
    const { code, field = 'document', message } = error
    progress.clear()
    await tell(context.stderr, jsonLine({ line: line.number, code, field, message }))
  }
  const appendLine = async (line: Line): Promise<void> => {
    try {
      appended.add(await producer.appendJson(bytesOf(line)))
      counts.accepted++
    } catch (error) {
      await refuse(line, error)
    }
  }

  // Faults are kept, not thrown, while others are under way: a promise that nobody awaits yet must not reject.
  const faults: unknown[] = []
  let underWay: Promise<void>[] = []
  // Those before are waited for while these are read, so that the log is never without work.
  let before: Promise<unknown> = Promise.resolve()
  // An input that is slow, or that never ends, must not hold up the end.
  const stop = (): void => void input.destroy()
  context.stopped.addEventListener('abort', stop, { once: true })
  try {
    for await (const lines of readLines(input, MAX_LINE_BYTES)) {
      if (context.stopped.aborted || faults.length > 0) break
      for (const line of lines) {
        bytesRead += line.length
        if (!isBlank(line)) underWay.push(appendLine(line).catch((fault: unknown) => void faults.push(fault)))
      }
      progress.update(bytesRead, size ?? undefined, ` bytes, ${counts.accepted} events appended`)
      if (underWay.length < LINES_UNDER_WAY) continue
      await before
      before = Promise.all(underWay)
      underWay = []
    }
  } catch (error) {
    // Reading ends with an error when the input is closed halfway.
    if (!context.stopped.aborted) throw error
  } finally {
    context.stopped.removeEventListener('abort', stop)
    await Promise.all([before, ...underWay])
    progress.clear()
  }
  if (faults.length > 0) throw faults[0]
}

function bytesOf({ bytes }: Line): Buffer {
  if (bytes === null) {
    const message = `document: a line may take ${MAX_LINE_BYTES} bytes at most`
    throw new ExperienceError('InvalidQuery', message, { field: 'document' })
  }
  return bytes
}

function isBlank({ bytes }: Line): boolean {
  return bytes !== null && bytes.every((byte) => byte === SPACE || byte === TAB || byte === CR)
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
