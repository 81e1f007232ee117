import { Option } from 'commander'
import { ExperienceError } from '../../../base/experience-error.ts'
import { expiryOf } from '../../../operations/keys/expiry.ts'
import { KEY_ROLES, type KeyRole } from '../../../operations/keys/key.ts'
import type { OutputFormat } from '../command-context.ts'
import type { Commands } from '../commands.ts'
import { faultyArgument, parseTenant, withFormat } from '../options.ts'
import { printKeys, printNewKey, printRevoked } from './print-keys.ts'

interface CreateOptions {
  readonly tenant?: string
  readonly allTenants?: true
  readonly role: readonly KeyRole[]
  readonly name: string
  readonly expires?: string
  readonly eventsPerSecond?: number
  readonly bytesPerSecond?: number
  readonly queriesAtOnce?: number
}

/** Adds the commands about the keys of the service's doors. They open the log alone, beside any other process. */
export function addKeys({ command, context, runAnywhere }: Commands): void {
  const keys = command('keys', 'create, list or revoke the keys that open the doors of "serve"')
  const create = command('create', 'create a key and print it, once: the log keeps its hash alone', keys)
  create
    .option('--tenant <id>', 'the tenant that the key is limited to', parseTenant)
    .option('--all-tenants', 'instead: a key for all tenants, and for events without one')
    .addOption(
      new Option('--role <role...>', 'what the key may do; several, or repeated')
        .choices(KEY_ROLES)
        .makeOptionMandatory(),
    )
    .option('--name <text>', 'what the key is for', '')
    .option('--expires <when>', 'when it ends: an ISO 8601 time, or how long from now (12h, 30d)', parseExpiry)
    .option('--events-per-second <n>', 'events that it may append a second', parseLimit)
    .option('--bytes-per-second <n>', 'bytes of events that it may append a second', parseLimit)
    .option('--queries-at-once <n>', 'questions that it may have under way at once', parseLimit)
    .action(
      runAnywhere((options: CreateOptions) => {
        const { tenant, allTenants, role: roles, name, expires } = options
        if ((tenant === undefined) === (allTenants === undefined))
          return create.error('error: give either --tenant <id> or --all-tenants')
        return printNewKey(context(), {
          tenant: tenant ?? null,
          roles,
          name,
          expiresAt: expires ?? null,
          limits: {
            events_per_second: options.eventsPerSecond ?? null,
            bytes_per_second: options.bytesPerSecond ?? null,
            queries_at_once: options.queriesAtOnce ?? null,
          },
        })
      }),
    )

  withFormat(command('list', 'list keys, revoked and expired ones too, the oldest first', keys)).action(
    runAnywhere((options: { format: OutputFormat }) => printKeys(context(), options.format)),
  )

  command('revoke', 'end a key: no process lets it in any more, within seconds', keys)
    .argument('<id>', 'the id of the key, as "keys list" prints it')
    .action(runAnywhere((id: string) => printRevoked(context(), id)))
}

function parseExpiry(text: string): string {
  try {
    return expiryOf(text, Date.now())
  } catch (error) {
    throw error instanceof ExperienceError ? faultyArgument(error.message.replace(/^expires: /, '')) : error
  }
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d{1,15}$/.test(text) || limit === 0) throw faultyArgument('must be a whole number from 1 on')
  return limit
}
