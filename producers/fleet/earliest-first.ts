/** A binary heap that gives the member with the smallest time first; members with equal times in no set order. */
export class EarliestFirst<Member extends { readonly at: number }> {
  readonly #members: Member[] = []

  push(member: Member): void {
    const members = this.#members
    let index = members.length
    members.push(member)
    while (index > 0) {
      const above = (index - 1) >> 1
      if (members[above]!.at <= member.at) break
      members[index] = members[above]!
      index = above
    }
    members[index] = member
  }

  /** The earliest member, which stays. */
  peek(): Member | undefined {
    return this.#members[0]
  }

  /** Puts the first member, whose time has grown, where it belongs now. */
  settleFirst(): void {
    const members = this.#members
    const member = members[0]
    if (member === undefined) return
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      if (below >= members.length) break
      if (below + 1 < members.length && members[below + 1]!.at < members[below]!.at) below++
      if (members[below]!.at >= member.at) break
      members[index] = members[below]!
      index = below
    }
    members[index] = member
  }
}
