import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type {
  CallAnswer,
  CommandCall,
  EndOfCall,
  StopCall,
  StreamName,
  StreamOfCall,
  WhereAnswer,
} from './command-call.ts'
import { STREAMS } from './command-call.ts'
import { FarInput, FarOutput } from './far-streams.ts'
import { eachJsonLine, sendJsonLine } from './json-lines.ts'

/** A command of a second terminal, as it is run here. */
export interface CalledCommand extends Pick<CommandCall, 'args' | 'environment' | 'cwd'> {
  readonly streams: { readonly stdin: FarInput; readonly stdout: FarOutput; readonly stderr: FarOutput }
  /** Aborts when the user asks it to stop or is gone, and when this process stops. */
  readonly stopped: AbortSignal
}

export interface CommandSocketParts {
  /** Runs a command to its end; answers with the exit code, and never rejects. */
  readonly run: (command: CalledCommand) => Promise<number>
  /** Why a call is not taken, in words; null where it is. */
  readonly whyNot: (call: CommandCall) => string | null
  /** Where this process answers over HTTP; null while it does not yet. */
  readonly where: () => string | null
}

/** A call whose streams do not come within that time is given up, ms. */
const STREAMS_WITHIN_MS = 10_000
/** Who does not read what a stopped command has to say is cut then, ms. */
const END_WITHIN_MS = 10_000

interface OpenCall {
  readonly streams: Map<StreamName, Socket>
  readonly begin: () => void
}

/** Takes commands of other terminals, of this user alone, and runs them in this process. */
export class CommandSocket {
  readonly #parts: CommandSocketParts
  readonly #path: string
  readonly #server: Server
  readonly #stopping = new AbortController()
  readonly #sockets = new Set<Socket>()
  readonly #open = new Map<string, OpenCall>()
  readonly #running = new Set<Promise<void>>()

  private constructor(path: string, parts: CommandSocketParts) {
    this.#path = path
    this.#parts = parts
    // What a stream still has to say is said after its other side has ended.
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket))
  }

  /**
   * Listens at a path, in place of a socket that a process which was killed left there: the caller has the data directory, so that no
   * other serves it. Error: that of the system.
   */
  static async listen(path: string, parts: CommandSocketParts): Promise<CommandSocket> {
    const socket = new CommandSocket(path, parts)
    // Made where nobody else looks, so that nobody comes in before its mode is set.
    const made = await mkdtemp(join(dirname(path), '.serve-'))
    try {
      const first = join(made, 's')
      await new Promise<void>((resolve, reject) => {
        socket.#server.once('error', reject)
        socket.#server.listen(first, resolve)
      })
      await chmod(first, 0o600)
      await rename(first, path)
    } catch (error) {
      socket.#server.close()
      throw error
    } finally {
      await rm(made, { recursive: true, force: true })
    }
    return socket
  }

  /** Takes no more commands, and asks those under way to stop. */
  stop(): void {
    if (this.#stopping.signal.aborted) return
    this.#server.close()
    this.#stopping.abort()
  }

  /** Stops, and resolves when the commands have ended. */
  async close(): Promise<void> {
    this.stop()
    await rm(this.#path, { force: true })
    const waited = new AbortController()
    await Promise.race([
      Promise.all(this.#running),
      after(END_WITHIN_MS, null, { signal: waited.signal }).catch(() => null),
    ])
    waited.abort()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#running)
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {})
    eachJsonLine(socket, (value, stop) => {
      stop()
      if ('stream' in value) this.#takeStream(socket, value as StreamOfCall)
      else if ('where' in value) socket.end(`${JSON.stringify({ url: this.#parts.where() } satisfies WhereAnswer)}\n`)
      else this.#takeCall(socket, value as CommandCall)
    })
    socket.resume()
  }

  #takeStream(socket: Socket, { call, stream }: StreamOfCall): void {
    const open = this.#open.get(call)
    if (open === undefined || open.streams.has(stream)) return void socket.destroy()
    open.streams.set(stream, socket)
    if (open.streams.size === STREAMS.length) open.begin()
  }

  #takeCall(control: Socket, call: CommandCall): void {
    const refused = this.#parts.whyNot(call)
    if (refused !== null) return void control.end(`${JSON.stringify({ refused } satisfies CallAnswer)}\n`)
    const id = randomUUID()
    const stopped = new AbortController()
    const streams = new Map<StreamName, Socket>()
    const late = setTimeout(() => control.destroy(), STREAMS_WITHIN_MS)
    const begin = (): void => {
      clearTimeout(late)
      const running = this.#run(call, control, streams, stopped.signal)
      this.#running.add(running)
      void running.finally(() => this.#running.delete(running))
    }
    this.#open.set(id, { streams, begin })
    const stop = (): void => stopped.abort()
    this.#stopping.signal.addEventListener('abort', stop)
    control.on('end', stop)
    control.on('close', () => {
      clearTimeout(late)
      this.#open.delete(id)
      this.#stopping.signal.removeEventListener('abort', stop)
      stop()
      // Whoever called is gone, and so are its streams.
      for (const socket of streams.values()) socket.destroy()
    })
    eachJsonLine(control, (value) => {
      if ((value as Partial<StopCall>).stop === true) stop()
    })
    control.resume()
    sendJsonLine(control, { call: id } satisfies CallAnswer)
  }

  async #run(
    { args, environment, cwd, terminals }: CommandCall,
    control: Socket,
    sockets: ReadonlyMap<StreamName, Socket>,
    stopped: AbortSignal,
  ): Promise<void> {
    const stdin = new FarInput(sockets.get('stdin')!)
    const stdout = new FarOutput(sockets.get('stdout')!, terminals.stdout)
    const stderr = new FarOutput(sockets.get('stderr')!, terminals.stderr)
    const exitCode = await this.#parts.run({ args, environment, cwd, streams: { stdin, stdout, stderr }, stopped })
    stdin.destroy()
    await Promise.all([ended(stdout), ended(stderr)])
    if (control.writable) control.end(`${JSON.stringify({ exitCode } satisfies EndOfCall)}\n`)
  }
}

/** Resolves when all of it is sent, or nobody reads it. */
function ended(output: FarOutput): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed) return resolve()
    output.once('close', resolve)
    output.end()
  })
}
