import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCommandLine } from '../../../service/cli/command-line.ts'
import type { Environment } from '../service-place.ts'

/** What a command line printed, and answered to the shell. */
export interface LineOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface LineOptions {
  readonly stdin?: string
  readonly stopped?: AbortSignal
  /** Told what is printed, as it comes. */
  readonly printed?: (text: string) => void
}

/** Runs a command line in this process. */
export async function runLine(
  args: readonly string[],
  environment: Environment,
  { stdin = '', stopped = new AbortController().signal, printed = () => {} }: LineOptions = {},
): Promise<LineOutcome> {
  const streams = { stdin: Readable.from([Buffer.from(stdin)]), stdout: new PassThrough(), stderr: new PassThrough() }
  streams.stdout.on('data', (chunk: Buffer) => printed(chunk.toString()))
  const outputs = Promise.all([text(streams.stdout), text(streams.stderr)])
  const exitCode = await runCommandLine({ environment, streams, stopped }, args)
  streams.stdout.end()
  streams.stderr.end()
  const [stdout, stderr] = await outputs
  return { exitCode, stdout, stderr }
}
