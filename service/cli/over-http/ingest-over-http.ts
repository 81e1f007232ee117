import { checkNotInterrupted } from '../../../base/interruption.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { readAppendAnswer } from '../../../client/append-answer.ts'
import type { HttpConnection } from '../../../client/http-connection.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { isBlank } from '../../ingest/stream-appender.ts'
import { readLines, type Line } from '../../ingest/read-lines.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'
import type { Input } from '../terminal/open-input.ts'
import { Progress, QUIET_MS } from '../terminal/progress.ts'
import { tell } from '../terminal/write.ts'

/** What goes in one request: as many events as a server tells of by themselves, and bytes. */
const MOST_LINES = 1000
const MOST_BYTES = 1 << 20

/** Appends the lines of an input over HTTP, and prints what became of them as `ingest` does. */
export async function ingestOverHttp(
  context: CommandContext,
  server: HttpConnection,
  { stream, size }: Input,
  maxLineBytes: number,
): Promise<number> {
  const progress = new Progress(context.stderr, 'ingesting', QUIET_MS)
  const sender = new LineSender(server, async (line, error) => {
    const { code, field = 'document', message } = error
    progress.clear()
    await tell(context.stderr, jsonLine({ line, code, field, message }))
  })
  // An input that is slow, or that never ends, must not hold up the end.
  const stop = (): void => void stream.destroy()
  context.stopped.addEventListener('abort', stop, { once: true })
  let failure: unknown
  let bytesRead = 0
  try {
    for await (const lines of readLines(stream, maxLineBytes)) {
      if (context.stopped.aborted) break
      for (const line of lines) {
        bytesRead += line.length
        await sender.add(line, maxLineBytes)
      }
      progress.update(bytesRead, size ?? undefined, ` bytes, ${sender.accepted} events appended`)
    }
  } catch (error) {
    // Reading ends with an error when the input is closed halfway.
    if (!context.stopped.aborted) failure = error
  } finally {
    context.stopped.removeEventListener('abort', stop)
  }
  // What was accepted is told in any case.
  await sender.end().catch((error: unknown) => (failure ??= error))
  progress.clear()
  const { accepted, rejected } = sender
  await writeLine(context.stdout, jsonLine({ accepted, rejected, duplicates: null }))
  if (failure !== undefined) throw failure
  checkNotInterrupted(context.stopped, 'the rest of the input was not read')
  return rejected === 0 ? EXIT.done : EXIT.no
}

/** Sends lines in their order: one request at a time, with all that has come meanwhile. */
class LineSender {
  readonly #server: HttpConnection
  readonly #refused: (line: number, error: ExperienceError) => Promise<void>
  #waiting: Line[] = []
  #bytes = 0
  #sending: Promise<void> | null = null
  accepted = 0
  rejected = 0

  constructor(server: HttpConnection, refused: (line: number, error: ExperienceError) => Promise<void>) {
    this.#server = server
    this.#refused = refused
  }

  /** Waits while a whole request waits. Errors: those of requests before. */
  async add(line: Line, maxLineBytes: number): Promise<void> {
    if (line.bytes === null) {
      const message = `document: a line may take ${maxLineBytes} bytes at most`
      await this.#refuse(line.number, new ExperienceError('InvalidQuery', message, { field: 'document' }))
      return
    }
    if (isBlank(line.bytes)) return
    if (this.#waiting.length >= MOST_LINES || this.#bytes + line.bytes.length > MOST_BYTES) await this.#sending
    this.#waiting.push(line)
    this.#bytes += line.bytes.length
    this.#begin()
  }

  /** Resolves when everything is answered for. */
  async end(): Promise<void> {
    while (this.#sending !== null) await this.#sending
  }

  #begin(): void {
    if (this.#sending !== null || this.#waiting.length === 0) return
    this.#sending = this.#send()
    // Whoever adds the next line, or ends, is told.
    this.#sending.catch(() => undefined)
  }

  async #send(): Promise<void> {
    // What came in the same piece goes along.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const lines = this.#waiting
      this.#waiting = []
      this.#bytes = 0
      await this.#sendLines(lines)
    }
    this.#sending = null
  }

  async #sendLines(lines: readonly Line[]): Promise<void> {
    const asked = {
      method: 'POST',
      path: 'v1/events',
      headers: { 'content-type': 'application/x-ndjson' },
      body: Buffer.concat(lines.flatMap(({ bytes }) => [bytes!, LINE_FEED])),
      answers: [400, 403],
    } as const
    const { refused } = await this.#server.ask(asked, (answer) => readAppendAnswer(answer, lines.length))
    this.accepted += lines.length - refused.size
    for (const [index, error] of refused) await this.#refuse(lines[index]!.number, error)
  }

  async #refuse(line: number, error: ExperienceError): Promise<void> {
    this.rejected++
    await this.#refused(line, error)
  }
}

const LINE_FEED = Buffer.from('\n')
