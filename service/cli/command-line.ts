import { Command, Option } from 'commander'
import type { Readable, Writable } from 'node:stream'
import { ExperienceError } from '../../base/experience-error.ts'
import { ROLES } from '../../log/rights/role-rights.ts'
import { packageVersion } from '../package-version.ts'
import { readSettings } from '../settings.ts'
import { addArchive } from './archive/archive-commands.ts'
import type { CommandContext } from './command-context.ts'
import type { Commands } from './commands.ts'
import { addDeadLetters } from './dead-letters/dead-letter-commands.ts'
import { demo } from './demo.ts'
import { doctor, type DoctorOptions } from './doctor.ts'
import { addGenerations } from './generations/generation-commands.ts'
import { ingest } from './ingest.ts'
import { addKeys } from './keys/key-commands.ts'
import { project } from './project.ts'
import { inOptions } from './option-of-field.ts'
import { collectFaults, countOption, parseTenant } from './options.ts'
import { printOperations } from './print-operations.ts'
import { addQuestions } from './questions/question-commands.ts'
import { addServe } from './serve.ts'
import { addTail } from './tail.ts'
import { addTenants } from './tenants/tenant-commands.ts'
import { verify } from './verify.ts'

export interface CommandLineParts {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly streams: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable }
  readonly stopped: AbortSignal
  readonly onExit: (exitCode: number) => void
}

/** The commands with their options. Wrong use is told on stderr and thrown as `CommanderError`. */
export function commandLine({ environment, streams, stopped, onExit }: CommandLineParts): Command {
  const program = new Command('experience-log')
    .description('Keeps the experience events of AI agents in a streaming log and answers questions about them.')
    .version(packageVersion())
    .option('--data <dir>', 'directory of the embedded log and read model (or EXPERIENCE_LOG_DATA)')
    .addHelpText(
      'after',
      '\nKAFKA_BROKERS with SCHEMA_REGISTRY_URL, and CLICKHOUSE_URL, switch to real servers; docs/settings.md lists all settings.' +
        '\nExit codes: 0 done; 1 done, but the answer is no; 2 wrong use or settings; 3 a server cannot be reached or is behind; 130 interrupted.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .showHelpAfterError('(see --help)')

  const optionFaults: string[] = []
  const context = (): CommandContext => {
    const { data } = program.opts<{ data?: string }>()
    const overrides = data === undefined ? {} : { EXPERIENCE_LOG_DATA: data }
    try {
      const settings = readSettings({ ...environment, ...overrides })
      if (optionFaults.length === 0) return { settings, ...streams, stopped }
    } catch (error) {
      if (optionFaults.length === 0 || !(error instanceof ExperienceError)) throw error
      optionFaults.push(error.message)
    }
    return program.error(optionFaults.join('\n'))
  }
  const command = (name: string, description: string, parent = program): Command => {
    const added = parent.command(name).description(description)
    return added.exitOverride().copyInheritedSettings(program)
  }
  const run =
    <Args extends unknown[]>(action: (...args: Args) => Promise<number>) =>
    async (...args: Args): Promise<void> => {
      try {
        onExit(await action(...args))
      } catch (error) {
        throw inOptions(error)
      }
    }
  const commands: Commands = { command, context, run }

  command('ingest', 'append envelopes, one per line; print how many were accepted, and each rejected line on stderr')
    .argument('[file]', 'a file, or - for standard input', '-')
    .action(run((file: string) => ingest(context(), file)))

  addQuestions(commands)
  addTail(commands)
  addServe(commands)
  addKeys(commands)

  command(
    'project',
    'project the log into the read model until stopped; on real servers, start as many as you need',
  ).action(run(() => project(context())))

  command('verify', 'compare the log with the read model, and print what differs')
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant', parseTenant)
    .action(run((options: { tenant?: string }) => verify(context(), options.tenant)))

  command('doctor', 'tell whether this set-up works, and what to do about what does not')
    .addOption(new Option('--role <role...>', 'what Kafka has to let this client do').choices(ROLES).default([]))
    .addOption(
      new Option('--format <format>', 'a table for people, or JSON lines').choices(['table', 'json']).default('table'),
    )
    .action(run((options: DoctorOptions) => doctor(context(), options)))

  addDeadLetters(commands)
  addGenerations(commands)
  addTenants(commands)

  const operations = command('operations', 'list what operators did: rebuilds, switches, exports, deletions')
  command('list', 'list all operations as JSON lines, the oldest first', operations).action(
    run(() => printOperations(context())),
  )

  addArchive(commands)

  command('demo', 'simulate a fleet: append its events, project them, and answer the questions above')
    .addOption(countOption('--events <n>', 'how many events', 20_000n))
    .addOption(countOption('--seed <n>', 'seed of the fleet', 1n))
    .action(run((options: { events: bigint; seed: bigint }) => demo(context(), options)))

  collectFaults(program, optionFaults)
  return program
}
