import { PassThrough, Readable } from 'node:stream'
import type { CommandContext } from '../../../service/cli/command-context.ts'
import { exitCodeOf } from '../../../service/cli/exit-codes.ts'
import { ExperienceError } from '../../../base/experience-error.ts'
import { settingsOf, type Environment } from '../service-place.ts'

export interface Outcome {
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
  /** What the command threw. */
  readonly error: ExperienceError | null
}

/** Runs a command of the command line in this process, which is faster than to start another. */
export async function runInProcess(
  environment: Environment,
  command: (context: CommandContext) => Promise<number>,
  { stdin = Readable.from([]), stopped = new AbortController().signal }: Partial<CommandContext> = {},
): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const outputs = Promise.all([bytesOf(stdout), bytesOf(stderr)])
  let exitCode: number
  let error: ExperienceError | null = null
  try {
    exitCode = await command({
      settings: settingsOf(environment),
      stdin,
      stdout,
      stderr,
      cwd: '.',
      open: null,
      stopped,
    })
  } catch (thrown) {
    if (!(thrown instanceof ExperienceError)) throw thrown
    error = thrown
    exitCode = exitCodeOf[thrown.code]
  } finally {
    stdout.end()
    stderr.end()
  }
  const [out, err] = await outputs
  return { exitCode, stdout: out, stderr: err.toString(), error }
}

async function bytesOf(stream: PassThrough): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** What an export or an import printed at its end. */
export interface Summary {
  readonly file: string
  readonly topics: number
  readonly records: number
  readonly events: number
  readonly digest: string
}

export function summaryOf(printed: Buffer | string): Summary {
  return JSON.parse(printed.toString().trimEnd().split('\n').at(-1)!) as Summary
}
