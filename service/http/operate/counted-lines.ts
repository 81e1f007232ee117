import { jsonLine } from '../../../schemas/json/json-line.ts'

/**
 * Rows as lines, and last a line that counts them; it ends early where `checkStillIn` throws. Resolves when the first row is there: what
 * fails before is an error like any other.
 */
export async function countedLines(
  rows: AsyncGenerator<object, void>,
  checkStillIn: () => void,
): Promise<AsyncGenerator<string, void>> {
  const first = await rows.next()
  return linesOf(first, rows, checkStillIn)
}

async function* linesOf(
  first: IteratorResult<object, void>,
  rows: AsyncGenerator<object, void>,
  checkStillIn: () => void,
): AsyncGenerator<string, void> {
  let count = 0
  for (let each = first; each.done !== true; each = await rows.next()) {
    checkStillIn()
    count++
    yield `${jsonLine(each.value)}\n`
  }
  checkStillIn()
  yield `${jsonLine({ count })}\n`
}
