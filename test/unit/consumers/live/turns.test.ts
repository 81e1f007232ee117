import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turn } from '../../../../consumers/live/turns.ts'

/** Works for so long, without a pause. */
function work(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** What somebody has done so far: steps of a millisecond, and how long they took, which is more where the machine is busy. */
interface Done {
  readonly steps: number
  readonly ms: number
}

/** How often others, who each take `othersMs` of a turn, had theirs while somebody worked. */
async function turnsBeside(othersMs: number, isEnough: (done: Done) => boolean): Promise<number> {
  const turn = new Turn()
  let done: Done = { steps: 0, ms: 0 }
  const others = { turns: 0, areLeft: false }
  const othersAtWork = (async () => {
    for (; !others.areLeft; others.turns++) {
      work(othersMs)
      await setImmediate()
    }
  })()
  while (!isEnough(done)) {
    await turn.pass()
    const began = performance.now()
    work(1)
    done = { steps: done.steps + 1, ms: done.ms + performance.now() - began }
  }
  others.areLeft = true
  await othersAtWork
  return others.turns
}

test('others have their turn every few milliseconds, and less often where they take long', async () => {
  expect(await turnsBeside(0, ({ steps }) => steps >= 200)).toBeGreaterThan(10)
  // A tenth of 300 ms each: without that, as often as above.
  expect(await turnsBeside(300, ({ ms }) => ms >= 200)).toBeLessThan(12)
})
