import { Command, CommanderError, Option } from 'commander'
import type { Readable, Writable } from 'node:stream'
import { ExperienceError } from '../../base/experience-error.ts'
import { ROLES } from '../../log/rights/role-rights.ts'
import { settingsAt } from '../serve/second-terminal/command-call.ts'
import type { CalledCommand } from '../serve/second-terminal/command-socket.ts'
import { ownManifest } from '../../base/own-package.ts'
import { readSettings, type Settings } from '../settings.ts'
import type { Service } from '../wiring/service.ts'
import { addArchive } from './archive/archive-commands.ts'
import { describeError, type CommandContext, type OutputFormat } from './command-context.ts'
import type { Commands, RunAction } from './commands.ts'
import { addDeadLetters } from './dead-letters/dead-letter-commands.ts'
import { DEMO_EVENTS, DEMO_SEED } from './demo/append-demo.ts'
import { demo } from './demo/demo.ts'
import { doctor, type DoctorOptions } from './doctor.ts'
import { addGenerations } from './generations/generation-commands.ts'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { ingest } from './ingest.ts'
import { addKeys } from './keys/key-commands.ts'
import { printLag } from './lag.ts'
import { project } from './project.ts'
import { checkNoServer } from './over-http/check-no-server.ts'
import { inOptions } from './option-of-field.ts'
import { collectFaults, countOption, parseTenant, withFormat } from './options.ts'
import { printOperations } from './print-operations.ts'
import { addQuestions } from './questions/question-commands.ts'
import { addServe } from './serve.ts'
import { addSqlDoor } from './sql-door/sql-door-commands.ts'
import { addTail } from './tail.ts'
import { addTenants } from './tenants/tenant-commands.ts'
import { ReaderGone, tell } from './terminal/write.ts'
import { verify } from './verify.ts'

export interface CommandLineParts {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly streams: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable }
  readonly stopped: AbortSignal
  readonly onExit: (exitCode: number) => void
  /** Where paths begin. Default: where the process is. */
  readonly cwd?: string
  /** What is open in this process, which runs the command for another terminal. Default: nothing. */
  readonly open?: { readonly service: Service; readonly settings: Settings }
  /** Has the command run by the process that has its data open; null where there is none. Default: there is none. */
  readonly elsewhere?: (settings: Settings) => Promise<number | null>
}

/** The commands with their options. Wrong use is told on stderr and thrown as `CommanderError`. */
export function commandLine(parts: CommandLineParts): Command {
  const { environment, streams, stopped, onExit, cwd = process.cwd(), open, elsewhere } = parts
  const program = new Command('experience-log')
    .description('Keeps the experience events of AI agents in a streaming log and answers questions about them.')
    .version(ownManifest().version)
    .option('--data <dir>', 'directory of the embedded log and read model (or EXPERIENCE_LOG_DATA)')
    .option('--url <url>', 'ask this server over HTTP, and open nothing here (or EXPERIENCE_LOG_URL)')
    .option(
      '--key <key>',
      'key for the server; other users of this machine see what is written here: EXPERIENCE_LOG_KEY is safer, or EXPERIENCE_LOG_KEY_FILE',
    )
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
    try {
      const given = readSettings(withOptions(environment, program.opts()))
      const settings = open === undefined ? given : settingsAt(open.settings, given)
      if (optionFaults.length === 0) return { settings, ...streams, stopped, cwd, open: open?.service ?? null }
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
  const attempt: RunAction =
    (action) =>
    async (...args) => {
      try {
        onExit(await action(...args))
      } catch (error) {
        throw inOptions(error)
      }
    }
  const runHere: RunAction = (action) =>
    attempt(async (...args) => {
      checkNoServer(context().settings)
      return action(...args)
    })
  const run: RunAction = (action) =>
    runHere(async (...args) => (await elsewhere?.(context().settings)) ?? action(...args))
  const runAnywhere: RunAction = (action) => {
    const runOwn = run(action)
    const runOverHttp = attempt(action)
    return (...args) => (context().settings.EXPERIENCE_LOG_URL === undefined ? runOwn : runOverHttp)(...args)
  }
  const commands: Commands = { command, context, run, runHere, runAnywhere }

  command('ingest', 'append envelopes, one per line; print how many were accepted, and each rejected line on stderr')
    .argument('[file]', 'a file, or - for standard input', '-')
    .action(runAnywhere((file: string) => ingest(context(), file)))

  addQuestions(commands)
  addTail(commands)
  addServe(commands, { version: ownManifest().version, run: runCalled })
  addKeys(commands)
  addSqlDoor(commands)

  command(
    'project',
    'project the log into the read model until stopped; on real servers, start as many as you need',
  ).action(run(() => project(context())))

  command('verify', 'compare the log with the read model, and print what differs')
    .option('--tenant <id>', 'one tenant; default: all tenants, and events without a tenant', parseTenant)
    .action(runAnywhere((options: { tenant?: string }) => verify(context(), options.tenant)))

  withFormat(
    command('lag', 'print how far the read model is behind the log: topics of which not all records are projected'),
  ).action(runAnywhere((options: { format: OutputFormat }) => printLag(context(), options.format)))

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
    runAnywhere(() => printOperations(context())),
  )

  addArchive(commands)

  command('demo', 'simulate a fleet: append its events, project them, and answer the questions above')
    .addOption(countOption('--events <n>', 'how many events', DEMO_EVENTS))
    .addOption(countOption('--seed <n>', 'seed of the fleet', DEMO_SEED))
    .action(run((options: { events: bigint; seed: bigint }) => demo(context(), options)))

  collectFaults(program, optionFaults)
  return program
}

/** Runs a command line to its end, which it tells on standard error if it is none; answers with the exit code. */
export async function runCommandLine(
  parts: Omit<CommandLineParts, 'onExit'>,
  args: readonly string[],
): Promise<number> {
  let exitCode: number = EXIT.done
  try {
    const program = commandLine({ ...parts, onExit: (code) => (exitCode = code) })
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    // A reader that has seen enough (`| head`) closes the pipe: that is no failure.
    if (error instanceof ReaderGone) return EXIT.done
    await tell(parts.streams.stderr, describeError(error))
    return error instanceof ExperienceError ? exitCodeOf[error.code] : EXIT.unavailable
  }
}

/** Runs a command of another terminal on what is open here. */
function runCalled(
  { args, environment, cwd, streams, stopped }: CalledCommand,
  service: Service,
  settings: Settings,
): Promise<number> {
  return runCommandLine({ environment, streams, stopped, cwd, open: { service, settings } }, args)
}

/** What the program's own options say takes precedence. */
function withOptions(
  environment: CommandLineParts['environment'],
  { data, url, key }: { readonly data?: string; readonly url?: string; readonly key?: string },
): CommandLineParts['environment'] {
  return {
    ...environment,
    ...(data === undefined ? {} : { EXPERIENCE_LOG_DATA: data }),
    ...(url === undefined ? {} : { EXPERIENCE_LOG_URL: url }),
    ...(key === undefined ? {} : { EXPERIENCE_LOG_KEY: key, EXPERIENCE_LOG_KEY_FILE: undefined }),
  }
}
