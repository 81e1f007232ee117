import { dealSlots, loadsOf, type Deal } from './deal-slots.ts'

/** For how long the group leaves it at that: topics that are created one after another are dealt together. */
const SOON_MS = 5000
const LATER_MS = 60_000

/** How far a deal is out of balance by now, as topics came and went: its leader then has the slots dealt anew, which makes all pause. */
export class Imbalance {
  readonly #deal: Deal
  #limitMs: number | undefined
  #since: number | undefined

  constructor(deal: Deal) {
    this.#deal = deal
  }

  /** To be called when the topics have changed. */
  weigh(weights: readonly number[]): void {
    const most = Math.max(...loadsOf(this.#deal, weights))
    // Not all that is uneven can be mended: a slot has one owner.
    const mended = Math.max(...loadsOf(dealSlots(this.#deal.members, this.#deal, weights), weights))
    const share = weights.reduce((sum, weight) => sum + weight, 0) / this.#deal.members.length
    const gain = most - mended
    if (gain < Math.max(1, share / 4)) this.#limitMs = this.#since = undefined
    else {
      this.#since ??= performance.now()
      this.#limitMs = gain >= Math.max(2, share / 2) ? SOON_MS : LATER_MS
    }
  }

  get isDue(): boolean {
    return this.#since !== undefined && performance.now() - this.#since > this.#limitMs!
  }
}
