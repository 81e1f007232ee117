/** Paths of names between dots that share their beginnings: what is to be watched at each place, and what stands there. */
export class WatchTree<Leaf> {
  readonly root: WatchedPlace<Leaf>
  readonly #paths: readonly string[]
  readonly #leaves: (Leaf | undefined)[]

  constructor(paths: readonly string[]) {
    this.#paths = paths
    this.#leaves = paths.map(() => undefined)
    this.root = new WatchedPlace(this.#leaves)
    for (const [slot, path] of paths.entries()) this.root.add(path.split('.'), slot)
  }

  /** What stands at each of the paths. Throws a `TypeError` for one at which nothing does. */
  leaves(): Leaf[] {
    return this.#leaves.map((leaf, slot) => {
      if (leaf === undefined) throw new TypeError(`nothing stands at ${this.#paths[slot]}`)
      return leaf
    })
  }
}

export class WatchedPlace<Leaf> {
  readonly #leaves: (Leaf | undefined)[]
  readonly #children = new Map<string, WatchedPlace<Leaf>>()
  #slot: number | undefined

  constructor(leaves: (Leaf | undefined)[]) {
    this.#leaves = leaves
  }

  add(names: readonly string[], slot: number): void {
    const [name, ...rest] = names
    if (name === undefined) {
      this.#slot = slot
      return
    }
    const child = this.#children.get(name) ?? new WatchedPlace(this.#leaves)
    this.#children.set(name, child)
    child.add(rest, slot)
  }

  child(name: string): WatchedPlace<Leaf> | undefined {
    return this.#children.get(name)
  }

  /** The slot of the path that ends here, if one does; to be asked for by whoever fills it, with what stands here. */
  slot(leaf: Leaf): number | undefined {
    if (this.#slot !== undefined) this.#leaves[this.#slot] = leaf
    return this.#slot
  }

  /** The slots of all paths that go on from here. */
  slotsBelow(): number[] {
    return [...this.#children.values()].flatMap((child) => [
      ...(child.#slot === undefined ? [] : [child.#slot]),
      ...child.slotsBelow(),
    ])
  }
}
