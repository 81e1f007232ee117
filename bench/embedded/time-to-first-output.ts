import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * How long a Node program takes from its start until it first prints something, ms; resolves when it has ended. Throws, with what
 * it told on stderr, where it fails or prints nothing.
 */
export async function timeToFirstOutput(program: readonly string[]): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [closed, errors] = [once(child, 'close'), text(child.stderr)]
  let firstOutputMs: number | null = null
  for await (const _ of child.stdout) firstOutputMs ??= performance.now() - started
  const [code] = (await closed) as [number | null]
  if (code !== 0 || firstOutputMs === null) throw new Error(`${program.join(' ')} failed: ${await errors}`)
  return firstOutputMs
}
