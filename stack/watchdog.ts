import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'

/*
 * Reads the process ids to end, each line replacing the one before, until its standard input closes: that is when this
 * process ends, in whatever way, or when it calls `finish`. Waiting for the processes is bounded because a container
 * without an init never reaps them, and a zombie still answers to signal 0.
 */
const SCRIPT = `
pids=
while read -r line; do pids=$line; done
for pid in $pids; do kill -9 "$pid"; done 2>/dev/null
for pid in $pids; do
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ $tries -lt 60 ]; do tries=$((tries + 1)); sleep 0.05; done
done
rm -rf -- "$1"
`

/**
 * A shell that outlives this process, even through SIGKILL, and then kills the guarded processes and deletes the directory.
 * A signal handler could not: SIGKILL runs none, and handlers in a library get in the way of its user's.
 */
export class Watchdog {
  readonly #shell: ChildProcessByStdio<Writable, null, null>
  readonly #pids = new Set<number>()

  constructor(directory: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'experience-log-stack-watchdog', directory], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // A session of its own: neither Ctrl-C nor a kill of the caller's process group reaches it.
      detached: true,
      cwd: '/',
    })
    this.#shell.unref()
    // The pipe keeps no caller alive either, and a watchdog that somebody killed must not bring the caller down.
    this.#shell.stdin.on('error', () => undefined)
  }

  /** Kills `pid` when this process ends. */
  guard(pid: number): void {
    this.#pids.add(pid)
    this.#send()
  }

  /** To be called as soon as `pid` is gone, since the system may give its number to another process. */
  release(pid: number): void {
    this.#pids.delete(pid)
    this.#send()
  }

  /** Kills what is still guarded, deletes the directory, and ends. */
  async finish(): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return
    this.#shell.ref()
    const exited = once(this.#shell, 'exit')
    this.#shell.stdin.end()
    await exited
  }

  #send(): void {
    this.#shell.stdin.write(`${[...this.#pids].join(' ')}\n`)
  }
}
