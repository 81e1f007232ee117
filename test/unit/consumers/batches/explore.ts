import { faultOf, isDone } from './faults.ts'
import { keyOf, stateOf } from './keys.ts'
import { initialState } from './state.ts'
import { steps } from './steps.ts'
import type { World } from './world.ts'

export interface Exploration {
  readonly states: number
  /** Whether all states were seen. */
  readonly complete: boolean
  /** The nearest fault: what is wrong, and a shortest way there. */
  readonly fault: { readonly what: string; readonly trace: readonly string[] } | null
}

/** Goes through all states, breadth first, until one is at fault or `most` were seen; then looks whether some state leads to no good end. */
export function explore(world: World, most = 10_000_000): Exploration {
  const numbers = new Map<string, number>()
  const keys: string[] = []
  const parents: number[] = []
  /** Where state `i` leads to: `edges[begins[i]]` to `edges[begins[i + 1]]`. */
  const edges = new Numbers()
  const begins = new Numbers()
  const done: number[] = []

  const visit = (key: string, from: number): number => {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, keys.length)
    parents.push(from)
    return keys.push(key) - 1
  }
  const traceTo = (index: number): string[] => {
    const trace: string[] = []
    for (let at = index; at !== 0; at = parents[at]!) {
      const labels: string[] = []
      steps(world, stateOf(world, keys[parents[at]!]!), (next, label) => {
        if (keyOf(world, next) === keys[at]) labels.push(label())
      })
      trace.push(labels[0]!)
    }
    return trace.toReversed()
  }

  visit(keyOf(world, initialState(world)), 0)
  for (let at = 0; at < keys.length; at++) {
    if (keys.length > most) return { states: keys.length, complete: false, fault: null }
    const state = stateOf(world, keys[at]!)
    const what = faultOf(world, state)
    if (what !== null) return { states: keys.length, complete: false, fault: { what, trace: traceTo(at) } }
    if (isDone(world, state)) done.push(at)
    begins.push(edges.length)
    steps(world, state, (next) => edges.push(visit(keyOf(world, next), at)))
  }
  begins.push(edges.length)
  const stuck = firstWithout(keys.length, begins, edges, done)
  const fault = stuck === null ? null : { what: 'no way leads on to a good end', trace: traceTo(stuck) }
  return { states: keys.length, complete: true, fault }
}

/** The first state from which no way leads to one of `goals`. */
function firstWithout(states: number, begins: Numbers, edges: Numbers, goals: readonly number[]): number | null {
  const reaches = new Uint8Array(states)
  for (const goal of goals) reaches[goal] = 1
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false
    for (let at = states - 1; at >= 0; at--) {
      if (reaches[at] === 1) continue
      for (let edge = begins.at(at); edge < begins.at(at + 1); edge++) {
        if (reaches[edges.at(edge)] === 0) continue
        reaches[at] = 1
        hasChanged = true
        break
      }
    }
  }
  const stuck = reaches.indexOf(0)
  return stuck === -1 ? null : stuck
}

/** A list of tens of millions of numbers. */
class Numbers {
  #values = new Int32Array(1024)
  length = 0

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Int32Array(this.length * 2)
      longer.set(this.#values)
      this.#values = longer
    }
    this.#values[this.length++] = value
  }

  at(index: number): number {
    return this.#values[index]!
  }
}
