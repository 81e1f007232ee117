import { PrintedSlot, type Leaf, type PrintedSlots } from './printed-slots.ts'

/** A place in a form that paths lead to or through: names between dots that share their beginnings. */
export class WatchedPlace {
  readonly #children = new Map<string, WatchedPlace>()
  #slot: PrintedSlot | undefined

  child(name: string): WatchedPlace | undefined {
    return this.#children.get(name)
  }

  /** The slot of the path that ends here, if one does; to be asked for by whoever fills it, with what stands here. */
  slot(leaf: Leaf): PrintedSlot | undefined {
    if (this.#slot !== undefined) this.#slot.leaf = leaf
    return this.#slot
  }

  /** The slots of all paths that go on from here. */
  slotsBelow(): PrintedSlot[] {
    return [...this.#children.values()].flatMap((child) => [
      ...(child.#slot === undefined ? [] : [child.#slot]),
      ...child.slotsBelow(),
    ])
  }

  add(names: readonly string[], slot: PrintedSlot): void {
    const [name, ...rest] = names
    if (name === undefined) {
      this.#slot = slot
      return
    }
    const child = this.#children.get(name) ?? new WatchedPlace()
    this.#children.set(name, child)
    child.add(rest, slot)
  }
}

/** What is watched of a form: a slot a path, in their order. */
export class WatchTree {
  readonly root = new WatchedPlace()
  readonly #watched: readonly (readonly [path: string, slot: PrintedSlot])[]

  constructor(paths: readonly string[], slots: PrintedSlots) {
    this.#watched = paths.map((path, index) => [path, new PrintedSlot(slots, index)])
    for (const [path, slot] of this.#watched) this.root.add(path.split('.'), slot)
  }

  /** What stands at each of the paths. Throws a `TypeError` for one at which nothing does. */
  leaves(): Leaf[] {
    return this.#watched.map(([path, { leaf }]) => {
      if (leaf === undefined) throw new TypeError(`nothing stands at ${path}`)
      return leaf
    })
  }
}
