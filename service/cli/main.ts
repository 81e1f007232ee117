import { CommanderError } from 'commander'
import { ExperienceError } from '../../base/experience-error.ts'
import { describeError } from './command-context.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { commandLine } from './command-line.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The first asks for a clean end; who asks again does not want to wait.
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping.abort()
  })
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.unavailable)
})

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
    process.stderr.write(`${describeError(error)}\n`)
    return error instanceof ExperienceError ? exitCodeOf[error.code] : EXIT.unavailable
  }
}

process.exitCode = await run()
