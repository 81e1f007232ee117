import { constants } from 'node:os'
import { CommanderError } from 'commander'
import { ExperienceError } from '../../base/experience-error.ts'
import { describeError } from './command-context.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { commandLine } from './command-line.ts'
import { ReaderGone } from './terminal/write.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks for a clean end; who asks again does not want to wait.
    if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
    stopping.abort()
  })
}

// Who writes is told; see `write` and `tell`.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

// A mistake of ours, but not the user's to read in full.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${describeError(error)}\n`)
  process.exit(EXIT.unavailable)
})

/** Runs the command line; answers with the exit code. */
async function run(): Promise<number> {
  const outcome = { exitCode: EXIT.done as number }
  const program = commandLine({
    environment: process.env,
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    stopped: stopping.signal,
    onExit: (exitCode) => {
      outcome.exitCode = exitCode
    },
  })
  try {
    await program.parseAsync(process.argv)
    return outcome.exitCode
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
    if (error instanceof ReaderGone) return EXIT.done
    process.stderr.write(`${describeError(error)}\n`)
    return error instanceof ExperienceError ? exitCodeOf[error.code] : EXIT.unavailable
  }
}

process.exitCode = await run()
