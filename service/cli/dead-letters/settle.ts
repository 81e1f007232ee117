import type { Choice } from '../../../operations/dead-letters/choice.ts'
import { discardDeadLetters, retryDeadLetters } from '../../../operations/dead-letters/retry.ts'
import type { CommandContext } from '../command-context.ts'
import { settleOverHttp } from '../over-http/dead-letters-over-http.ts'
import { operatorOf } from '../over-http/operator.ts'
import { printSettled } from './print-settled.ts'
import { withProjectedLog } from './projected-log.ts'

/** Appends records again that are events by now, and prints what became of each. */
export async function printRetried(context: CommandContext, choice: Choice): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return settleOverHttp(context, operator, 'retry', choice)
  return withProjectedLog(context, (log) => printSettled(context, retryDeadLetters(log, choice, context.stopped)))
}

/** Settles dead letters that nobody needs, and prints what became of each. */
export async function printDiscarded(context: CommandContext, choice: Choice, because: string): Promise<number> {
  const operator = operatorOf(context)
  if (operator !== null) return settleOverHttp(context, operator, 'discard', choice, because)
  return withProjectedLog(context, (log) =>
    printSettled(context, discardDeadLetters(log, choice, because, context.stopped)),
  )
}
