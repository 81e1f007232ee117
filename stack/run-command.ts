import { spawn } from 'node:child_process'

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  /** Standard output and error, interleaved. */
  readonly output: string
}

/** Runs a program to its end. Rejects only when it can't be started; `timeoutMs` ends it with SIGTERM. */
export async function runCommand(
  executable: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    let output = ''
    const collect = (chunk: string): void => {
      output += chunk
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, output }))
  })
}
