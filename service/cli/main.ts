import { constants } from 'node:os'
import { describeError } from './command-context.ts'
import { runCommandLine } from './command-line.ts'
import { EXIT } from './exit-codes.ts'
import { ownManifest } from '../../base/own-package.ts'
import { callServer } from './second-terminal/call-server.ts'

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

const args = process.argv.slice(2)
const parts = {
  environment: process.env,
  streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
  stopped: stopping.signal,
  cwd: process.cwd(),
}
process.exitCode = await runCommandLine(
  { ...parts, elsewhere: (settings) => callServer(settings, { ...parts, args, version: ownManifest().version }) },
  args,
)
