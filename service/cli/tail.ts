import { Option } from 'commander'
import { itemToJson } from '../../consumers/subscription/items.ts'
import { Subscription, type SubscribeOptions } from '../../consumers/subscription/subscription.ts'
import { envelopeToJson } from '../../schemas/json/envelope-json.ts'
import { parseInstant } from '../../schemas/instant.ts'
import type { EventKind } from '../../schemas/types/query-types.ts'
import { withLog, writeLine, type CommandContext } from './command-context.ts'
import type { Commands } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import { serverOf } from './over-http/server-of.ts'
import { tailOverHttp } from './over-http/tail-over-http.ts'
import { faultyArgument, kindOption, parseCount, parseTenant } from './options.ts'

interface TailOptions {
  readonly tenant?: string
  readonly kind: readonly EventKind[]
  readonly from: string
  readonly after?: string
  readonly format: 'envelopes' | 'items'
  readonly limit?: bigint
}

/** Adds the command that follows the log. It opens the log alone, beside any projector. */
export function addTail({ command, context, runAnywhere }: Commands): void {
  command('tail', 'follow the log: print events as JSON lines as they arrive, until stopped')
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant', parseTenant)
    .addOption(kindOption())
    .option('--from <place>', 'now, beginning, or an instant: what the log took then or later', parsePlace, 'now')
    .option('--after <token>', 'continue after the item of this token; the last line on stderr names the latest token')
    .addOption(
      new Option('--format <format>', 'envelopes (bad records go to stderr), or items with token and position')
        .choices(['envelopes', 'items'])
        .default('envelopes'),
    )
    .option('--limit <n>', 'end after so many events; bad records do not count', parseCount)
    .action(runAnywhere((options: TailOptions) => tail(context(), options)))
}

/**
 * Prints events until it is stopped, which is its end: exit code 0. What is no event goes to stderr, or with `items` among them. On
 * stderr the last line tells the token that `--after` takes.
 */
function tail(context: CommandContext, options: TailOptions): Promise<number> {
  const { tenant, kind: kinds, format, limit } = options
  const wanted = { ...(tenant === undefined ? {} : { tenant }), kinds, from: fromOf(options) }
  const server = serverOf(context.settings)
  if (server !== null) return tailOverHttp(context, server, wanted, options)
  return withLog(context, async ({ log, topics, registry }) => {
    const parts = { log, topics, registry, discoveryMs: context.settings.DISCOVERY_MS }
    const subscription = await Subscription.open(parts, { ...wanted, signal: context.stopped })
    let left = limit ?? -1n
    if (left !== 0n) {
      for await (const item of subscription) {
        if (format === 'items') await writeLine(context.stdout, itemToJson(item))
        else if (item.type === 'event') await writeLine(context.stdout, envelopeToJson(item.envelope))
        else context.stderr.write(`${itemToJson(item)}\n`)
        if (item.type === 'event' && --left === 0n) break
      }
    }
    await subscription.close()
    context.stderr.write(`${JSON.stringify({ after: subscription.token })}\n`)
    return EXIT.done
  })
}

function parsePlace(text: string): string {
  if (text !== 'now' && text !== 'beginning' && parseInstant(text) === null)
    throw faultyArgument('must be now, beginning, an ISO 8601 time, or epoch seconds followed by Z')
  return text
}

function fromOf({ from, after }: TailOptions): NonNullable<SubscribeOptions['from']> {
  if (after !== undefined) return { after }
  return from === 'now' || from === 'beginning' ? from : { instant: from }
}
