import type { HttpConnection } from '../../../client/http-connection.ts'
import { Tail, type TailOptions } from '../../../client/tail.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Prints what a server tells of the log as `tail` does. */
export async function tailOverHttp(
  context: CommandContext,
  server: HttpConnection,
  options: TailOptions,
  { format, limit }: { readonly format: 'envelopes' | 'items'; readonly limit?: bigint },
): Promise<number> {
  const tail = new Tail(server, options, context.stopped)
  let left = limit ?? -1n
  if (left !== 0n) {
    for await (const line of tail.lines()) {
      if (line.type === 'note') continue
      if (format === 'items') await writeLine(context.stdout, line.text)
      else if (line.envelope !== null) await writeLine(context.stdout, line.envelope)
      else context.stderr.write(`${line.text}\n`)
      if (line.envelope !== null && --left === 0n) break
    }
  }
  context.stderr.write(`${JSON.stringify({ after: tail.token })}\n`)
  return EXIT.done
}
