import { setTimeout as sleep } from 'node:timers/promises'
import { quantile } from '../../bench/latency/visible-latencies.ts'
import type { ServedProcess } from '../served-process.ts'
import { Asker } from './ask.ts'
import type { TellFault } from './load-tenant.ts'

/** How often it is asked whether it lives, and how much memory it holds, ms. */
const LOOK_MS = 200
/** Whoever asks whether a process lives takes it for dead after so long, ms: what orchestrators are commonly told. */
const HEALTH_LIMIT_MS = 10_000

/** What was seen of the server in one phase. */
export interface Seen {
  /** The most memory that was its own (not a file's that it had mapped), MiB; and all of it. */
  ownMib: number
  residentMib: number
  readonly healthMs: number[]
}

/** Asks a server all the time whether it lives, and looks how much memory it holds. */
export class WatchedServer {
  readonly #served: ServedProcess
  /** Over a new connection each time, as probes do. */
  readonly #asker: Asker
  readonly #fault: TellFault
  readonly #watching: Promise<unknown>
  #seen: Seen = nothingSeen()
  #isOver = false

  constructor(served: ServedProcess, fault: TellFault) {
    this.#served = served
    this.#asker = new Asker(served.url, false)
    this.#fault = fault
    this.#watching = Promise.all([this.#askHealth(), this.#lookAtMemory()])
  }

  /** What was seen since this was asked before. */
  take(): Seen {
    const seen = this.#seen
    this.#seen = nothingSeen()
    return seen
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#watching
    this.#asker.close()
  }

  async #askHealth(): Promise<void> {
    while (!this.#isOver) {
      const began = performance.now()
      try {
        const { status } = await this.#asker.ask({ method: 'GET', path: '/healthz' })
        if (status !== 200) this.#fault(`/healthz: ${status}`)
      } catch (error) {
        this.#fault(`/healthz: ${String(error)}`)
      }
      const tookMs = performance.now() - began
      if (tookMs > HEALTH_LIMIT_MS) this.#fault(`/healthz took ${Math.round(tookMs)} ms`)
      this.#seen.healthMs.push(tookMs)
      await sleep(LOOK_MS)
    }
  }

  async #lookAtMemory(): Promise<void> {
    while (!this.#isOver && this.#served.isAlive) {
      const { now, own } = this.#served.memory()
      this.#seen.residentMib = Math.max(this.#seen.residentMib, now)
      this.#seen.ownMib = Math.max(this.#seen.ownMib, own)
      await sleep(LOOK_MS)
    }
  }
}

function nothingSeen(): Seen {
  return { ownMib: 0, residentMib: 0, healthMs: [] }
}

/** How long 99 of 100 looks took, and the longest, ms. */
export function healthOf({ healthMs }: Seen): { readonly p99: number; readonly most: number } {
  return { p99: Math.round(quantile(healthMs, 0.99)), most: Math.round(Math.max(...healthMs)) }
}
