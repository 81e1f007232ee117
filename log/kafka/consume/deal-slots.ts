/** Who has which slot. */
export interface Deal {
  readonly members: readonly string[]
  /** For each slot, its owner's place among the members. */
  readonly owners: readonly number[]
}

const NOBODY = -1

/**
 * Deals slots, each to one member, such that all have about as much of what lies in them by now, and as many empty ones, for what is to
 * come. What a member had it keeps, as far as the balance allows.
 */
export function dealSlots(members: readonly string[], before: Deal | null, weights: readonly number[]): Deal {
  const places = new Map(members.map((member, place) => [member, place]))
  const owners = weights.map((_, slot) => {
    const owner = before?.members[before.owners[slot] ?? NOBODY]
    return owner === undefined ? NOBODY : (places.get(owner) ?? NOBODY)
  })
  const slots = [...weights.keys()]
  const isEmpty = (slot: number): boolean => weights[slot] === 0
  balance(
    owners,
    slots.filter((slot) => !isEmpty(slot)),
    (slot) => weights[slot]!,
    members.length,
  )
  balance(owners, slots.filter(isEmpty), () => 1, members.length)
  return { members, owners }
}

/** How much lies in the slots of each member. */
export function loadsOf({ members, owners }: Deal, weights: readonly number[]): number[] {
  const loads = Array<number>(members.length).fill(0)
  for (const [slot, owner] of owners.entries()) loads[owner]! += weights[slot]!
  return loads
}

/** Gives the slots that nobody has to those who have least, and then moves as few as it takes from those who have most. */
function balance(owners: number[], slots: readonly number[], weight: (slot: number) => number, members: number): void {
  const loads = Array<number>(members).fill(0)
  const give = (slot: number, to: number): void => {
    const from = owners[slot]!
    if (from !== NOBODY) loads[from]! -= weight(slot)
    loads[to]! += weight(slot)
    owners[slot] = to
  }
  for (const slot of slots) if (owners[slot] !== NOBODY) loads[owners[slot]!]! += weight(slot)
  const free = slots.filter((slot) => owners[slot] === NOBODY)
  for (const slot of free.toSorted((left, right) => weight(right) - weight(left))) give(slot, least(loads))
  for (;;) {
    const [most, fewest] = [least(loads.map((load) => -load)), least(loads)]
    const apart = loads[most]! - loads[fewest]!
    let best: number | undefined
    for (const slot of slots) {
      // More would only change the sides.
      if (owners[slot] !== most || weight(slot) >= apart) continue
      const isBetter = best === undefined || Math.abs(apart - 2 * weight(slot)) < Math.abs(apart - 2 * weight(best))
      if (isBetter) best = slot
    }
    if (best === undefined) return
    give(best, fewest)
  }
}

function least(loads: readonly number[]): number {
  let found = 0
  for (const [place, load] of loads.entries()) if (load < loads[found]!) found = place
  return found
}
