/** Released slots after which the array is moved up; `Array.shift` would move it every time. */
const COMPACT_AFTER = 1024

/** A queue whose ends take constant time on average, also with a million members. */
export class Fifo<Member> {
  #members: (Member | undefined)[] = []
  #first = 0

  get size(): number {
    return this.#members.length - this.#first
  }

  push(member: Member): void {
    this.#members.push(member)
  }

  peek(): Member | undefined {
    return this.#members[this.#first]
  }

  shift(): Member | undefined {
    const member = this.#members[this.#first]
    if (this.#first === this.#members.length) return undefined
    this.#members[this.#first++] = undefined
    if (this.#first >= COMPACT_AFTER && this.#first * 2 >= this.#members.length) {
      this.#members = this.#members.slice(this.#first)
      this.#first = 0
    }
    return member
  }
}
