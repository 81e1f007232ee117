import { lstat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { ExperienceError } from '../../../base/experience-error.ts'
import { NEVER, WakeUp } from '../../../base/waiting.ts'
import {
  isAboutPlace,
  placeOf,
  type CallAnswer,
  type CommandCall,
  type EndOfCall,
  type StopCall,
  type StreamName,
  type StreamOfCall,
  type WhereAnswer,
  type WhereCall,
} from '../../serve/second-terminal/command-call.ts'
import { eachJsonLine, sendJsonLine } from '../../serve/second-terminal/json-lines.ts'
import { socketPath } from '../../serve/second-terminal/socket-path.ts'
import { SettingsSchema } from '../../settings-schema.ts'
import type { Settings } from '../../settings.ts'
import { write, ReaderGone } from '../terminal/write.ts'

/** A command line of this process. */
export interface OwnCommand {
  readonly version: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly streams: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable }
  readonly stopped: AbortSignal
}

/**
 * Has a command run by the process that serves the data directory, since nobody else can use what is embedded in it; answers with the
 * exit code, or null where none serves: then the command has to open the directory by itself. Errors: `Unavailable` (the process ended
 * before the command did), and what the streams of this process fail with.
 */
export async function callServer(settings: Settings, command: OwnCommand): Promise<number | null> {
  // Of a server several processes are clients.
  if (settings.CLICKHOUSE_URL !== undefined) return null
  const path = await socketOf(settings)
  const control = path === null ? null : await connected(path)
  if (path === null || control === null) return null
  try {
    const lines = linesOf(control)
    sendJsonLine(control, callOf(settings, command))
    const answer = (await lines.next()) as CallAnswer | null
    // It is stopping.
    if (answer === null) return null
    if ('refused' in answer) {
      command.streams.stderr.write(`${answer.refused}: this command opens the data by itself\n`)
      return null
    }
    return await conduct(path, answer.call, control, lines, command)
  } finally {
    control.destroy()
  }
}

/** Where the process that serves the data directory answers over HTTP; null where none serves it, or it does not tell. */
export async function servedAt(settings: Settings): Promise<string | null> {
  if (settings.CLICKHOUSE_URL !== undefined) return null
  const path = await socketOf(settings)
  const control = path === null ? null : await connected(path)
  if (control === null) return null
  try {
    const lines = linesOf(control)
    sendJsonLine(control, { where: true } satisfies WhereCall)
    // A process of another release knows no such question.
    const answer = (await lines.next()) as Partial<WhereAnswer> | null
    return answer?.url ?? null
  } finally {
    control.destroy()
  }
}

/** The socket of the process that serves; null where there is none of ours. */
async function socketOf({ EXPERIENCE_LOG_DATA }: Settings): Promise<string | null> {
  const path = await socketPath(EXPERIENCE_LOG_DATA)
  return path !== null && (await isOurs(path)) ? path : null
}

/** In a folder that others write to, somebody else may have put it there. */
async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null)
  if (found === null || !found.isSocket()) return false
  const us = process.getuid?.()
  return us === 0 || found.uid === us
}

function callOf(settings: Settings, { version, args, environment, cwd, streams }: OwnCommand): CommandCall {
  const given: Record<string, string> = {}
  for (const name of Object.keys(SettingsSchema.shape)) {
    const value = environment[name]
    if (value !== undefined && !isAboutPlace(name)) given[name] = value
  }
  const terminals = { stdout: isTerminal(streams.stdout), stderr: isTerminal(streams.stderr) }
  return { version, place: placeOf(settings), args, environment: given, cwd, terminals }
}

function isTerminal(stream: Writable & { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

/** Brings the streams to the command and back, and its exit code. */
async function conduct(
  path: string,
  call: string,
  control: Socket,
  lines: Lines,
  { streams, stopped }: OwnCommand,
): Promise<number> {
  const stop = (): void => sendJsonLine(control, { stop: true } satisfies StopCall)
  const carry = async (stream: StreamName): Promise<Socket> => {
    const socket = await connected(path)
    if (socket === null) throw serverGone()
    sendJsonLine(socket, { call, stream } satisfies StreamOfCall)
    return socket
  }
  const stdin = await carry('stdin')
  const stdout = await carry('stdout')
  const stderr = await carry('stderr')
  try {
    if (stopped.aborted) stop()
    else stopped.addEventListener('abort', stop, { once: true })
    sendInput(streams.stdin, stdin)
    const printed = receive(stdout, streams.stdout).then(
      () => null,
      (error: unknown) => error,
    )
    // Where nobody reads standard error, the work goes on.
    const told = receive(stderr, streams.stderr).catch(() => {})
    const end = (await lines.next()) as EndOfCall | null
    if (end === null) throw serverGone()
    await told
    const failure = await printed
    if (failure !== null && !(failure instanceof ReaderGone)) throw failure
    return end.exitCode
  } finally {
    stopped.removeEventListener('abort', stop)
    for (const socket of [stdin, stdout, stderr]) socket.destroy()
    // A terminal that is read keeps the process.
    if (stdin.bytesWritten > 0) streams.stdin.destroy()
  }
}

/** Sends input from when it is asked for, until it ends or nobody wants more. */
function sendInput(input: Readable, socket: Socket): void {
  socket.once('data', () => {
    input.on('error', () => socket.destroy())
    input.pipe(socket)
  })
  socket.on('close', () => input.unpipe(socket).pause())
}

/** Writes what comes, as fast as it is read here. Errors: those of `write`; then no more of it is taken. */
async function receive(socket: Socket, output: Writable): Promise<void> {
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) await write(output, chunk)
  } finally {
    socket.destroy()
  }
}

async function connected(path: string): Promise<Socket | null> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch {
    // Left by a process that was killed, or another user's.
    return null
  }
  socket.on('error', () => {})
  return socket
}

interface Lines {
  /** The next line's value; null when the connection has ended. */
  next(): Promise<unknown>
}

function linesOf(socket: Socket): Lines {
  const come: unknown[] = []
  const wakeUp = new WakeUp()
  eachJsonLine(socket, (value) => {
    come.push(value)
    wakeUp.ring()
  })
  socket.on('close', () => wakeUp.ring())
  return {
    next: async () => {
      while (come.length === 0 && !socket.destroyed) await wakeUp.wait(NEVER)
      return come.shift() ?? null
    },
  }
}

function serverGone(): ExperienceError {
  return new ExperienceError('Unavailable', 'the process that serves the data directory ended before the command did')
}
