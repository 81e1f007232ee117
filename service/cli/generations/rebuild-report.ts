import type { Writable } from 'node:stream'
import type { RebuildPhase } from '../../../operations/rebuild/rebuild-watch.ts'
import { jsonLine } from '../../../schemas/json/json-line.ts'
import { Rate } from '../terminal/rate.ts'

const TERMINAL_MS = 200
const LINES_MS = 2000
const BAR_WIDTH = 30
/** Of thousands of tenants only those that have most to do are named. */
const NAMED_TENANTS = 20

/** Shows how far a rebuild is: one line that is rewritten on a terminal, else JSON lines. */
export class RebuildReport {
  readonly #stream: Writable & { readonly isTTY?: boolean }
  readonly #rate = new Rate()
  #phase: RebuildPhase['phase'] | null = null
  #shownAt = -Infinity
  #shown: RebuildPhase['progress'] = null

  constructor(stream: Writable) {
    this.#stream = stream
  }

  show(phase: RebuildPhase): void {
    const now = performance.now()
    if (phase.progress !== null) this.#rate.add(now, phase.progress.done)
    const isNew = phase.phase !== this.#phase
    if (!isNew && now - this.#shownAt < (this.#stream.isTTY === true ? TERMINAL_MS : LINES_MS)) return
    if (!isNew && phase.phase === 'paused' && isSame(phase.progress, this.#shown)) return
    this.#phase = phase.phase
    this.#shown = phase.progress
    this.#shownAt = now
    if (this.#stream.isTTY === true) this.#stream.write(`\r\u001b[K${this.#bar(phase)}`)
    else this.#stream.write(`${jsonLine(this.#line(phase))}\n`)
  }

  /** Leaves the line. */
  end(): void {
    if (this.#stream.isTTY === true && this.#phase !== null) this.#stream.write('\n')
  }

  #line({ phase, generation, progress }: RebuildPhase): object {
    if (progress === null) return { phase, generation }
    const { done, total, behind } = progress
    const largest = behind.toSorted((left, right) => right.total - right.done - (left.total - left.done))
    return {
      phase,
      generation,
      done,
      to_do: total - done,
      per_second: this.#rate.perSecond(),
      seconds_left: this.#rate.secondsFor(total - done),
      tenants: largest
        .slice(0, NAMED_TENANTS)
        .map(({ tenant, ...of }) => ({ tenant, done: of.done, to_do: of.total - of.done })),
      ...(largest.length > NAMED_TENANTS ? { more_tenants: largest.length - NAMED_TENANTS } : {}),
    }
  }

  #bar({ phase, progress }: RebuildPhase): string {
    if (progress === null) return `${phase} …`
    const { done, total, behind } = progress
    const share = total === 0 ? 1 : done / total
    const filled = Math.round(share * BAR_WIDTH)
    const left = this.#rate.secondsFor(total - done)
    return [
      phase,
      `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(100 * share)} %`,
      `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`,
      `${this.#rate.perSecond().toLocaleString('en')}/s`,
      ...(left === null ? [] : [`${left} s left`]),
      `tenants to do: ${behind.length}`,
    ].join('  ')
  }
}

function isSame(left: RebuildPhase['progress'], right: RebuildPhase['progress']): boolean {
  return left?.done === right?.done && left?.total === right?.total
}
