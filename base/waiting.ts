import { setMaxListeners } from 'node:events'
import { ExperienceError } from './experience-error.ts'

/** A signal for what nothing ends early. */
export const NEVER: AbortSignal = new AbortController().signal
setMaxListeners(0, NEVER)

/** Lets one waiter sleep until it is rung, a time has passed, or a signal aborts. A ring with no one waiting is kept. */
export class WakeUp {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Resolves at the next ring (at once, if one came since the last wait), after `ms`, or when the signal aborts. */
  async wait(signal: AbortSignal, ms?: number): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          this.#wake = undefined
          resolve()
        }
        const timer = ms === undefined ? undefined : setTimeout(wake, ms)
        signal.addEventListener('abort', wake)
        this.#wake = wake
      })
    }
    this.#rung = false
  }
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new WakeUp().wait(signal, ms)
}

/** What the promise resolves to, or undefined as soon as the signal aborts; the promise is then left to itself. */
export async function unlessAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | undefined> {
  const settled = new WakeUp()
  const ring = (): void => settled.ring()
  promise.then(ring, ring)
  await settled.wait(signal)
  return signal.aborted ? undefined : promise
}

/** The items up to the end, or until the signal aborts, also while the next one is awaited; that is then left to itself. */
export async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item, void> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await unlessAborted(iterator.next(), signal)
      if (next === undefined || next.done === true) return
      yield next.value
    }
  } finally {
    const left = Promise.resolve(iterator.return?.())
    // It stands behind the item that is still awaited.
    if (signal.aborted) left.catch(() => undefined)
    else await left
  }
}

/** What the promise resolves to. After `ms` it is left to itself. Error: `Unavailable`. */
export async function within<Result>(ms: number, promise: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new ExperienceError('Unavailable', `no answer within ${ms} ms`)
    timer = setTimeout(() => reject(error), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
