import { Option } from 'commander'
import { ExperienceError } from '../../base/experience-error.ts'
import { DEFAULT_HOST, DEFAULT_PORT, SERVE_ROLES, type ServeRole } from '../serve/serve-options.ts'
import type { CommandRunner } from '../serve/second-terminal/serve-commands.ts'
import type { Settings } from '../settings.ts'
import type { CommandContext } from './command-context.ts'
import type { Commands } from './commands.ts'
import { serveDemo } from './demo/serve-demo.ts'
import { EXIT } from './exit-codes.ts'
import { faultyArgument } from './options.ts'
import { servedAt } from './second-terminal/call-server.ts'

interface ServeCommandOptions {
  readonly host: string
  readonly port: number
  readonly clickhousePort?: number
  readonly roles: readonly ServeRole[]
  readonly demo: boolean
}

/** Adds the command that answers over HTTP, and runs the commands of other terminals on the same data directory. */
export function addServe({ command, context, runHere }: Commands, runner: CommandRunner): void {
  command('serve', 'answer over HTTP until stopped: take events, project them, answer questions')
    .option('--host <address>', 'address to listen on; others than this machine need a key', DEFAULT_HOST)
    .option('--port <port>', 'port to listen on; 0 for a free one', parsePort, DEFAULT_PORT)
    .option('--clickhouse-port <port>', 'port on which clients of ClickHouse ask SQL; without it none does', parsePort)
    .addOption(new Option('--roles <role...>', 'what this process does').choices(SERVE_ROLES).default([...SERVE_ROLES]))
    .option('--demo', 'let a simulated fleet emit events meanwhile, and say where to look', false)
    .action(runHere((options: ServeCommandOptions) => serve(context(), options, runner)))
}

/** Serves until it is stopped, which is its end: exit code 0. */
async function serve(context: CommandContext, options: ServeCommandOptions, runner: CommandRunner): Promise<number> {
  const { settings, stderr, stopped } = context
  // Loaded only here: they take as long to load as all the other commands together.
  const [{ pino }, { Serving }] = await Promise.all([import('pino'), import('../serve/serving.ts')])
  // Whoever tries it out reads what it prints.
  const logger = pino({ level: options.demo ? 'warn' : 'info' }, stderr as never)
  const clickhousePort = options.clickhousePort ?? settings.SERVE_CLICKHOUSE_PORT ?? null
  const wanted = { ...options, clickhousePort, roles: new Set(options.roles) }
  const serving = await Serving.start(settings, wanted, logger, runner).catch(async (error: unknown) => {
    throw await inUseBy(settings, error)
  })
  const { url, clickhouseUrl, isOpen } = serving
  stderr.write(`listening on ${url}; the API is described at ${url}/docs\n`)
  if (clickhouseUrl !== null) stderr.write(`clients of ClickHouse are answered on ${clickhouseUrl}\n`)
  if (isOpen) {
    stderr.write(
      'anybody on this machine may come in without a key, until the first one is created ("experience-log keys create")\n',
    )
  }
  try {
    if (options.demo) await serveDemo(context, serving)
    else await untilStopped(stopped)
  } finally {
    await serving.stop()
  }
  return EXIT.done
}

/** What somebody is told who starts it twice: what has the data is of use to them. */
async function inUseBy(settings: Settings, error: unknown): Promise<unknown> {
  if (!(error instanceof ExperienceError) || error.code !== 'Unavailable') return error
  const url = await servedAt(settings)
  if (url === null) return error
  const message =
    `a process that serves has the data directory ${settings.EXPERIENCE_LOG_DATA}, and listens on ${url}: ` +
    'use that one, or stop it first; commands work beside it'
  return new ExperienceError('Unavailable', message, { cause: error, retryable: false })
}

async function untilStopped(stopped: AbortSignal): Promise<void> {
  if (!stopped.aborted) {
    await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }))
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw faultyArgument('must be a port: 0 to 65535')
  return port
}
