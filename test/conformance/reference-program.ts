import { spawnSync } from 'node:child_process'

const folder = new URL('reference/', import.meta.url)

/** Builds the Rust program of `reference/`, with cargo's own output. Throws where cargo is missing or fails. */
export function buildReference(): void {
  const { status, error } = spawnSync('cargo', ['build', '--release', '--locked'], { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error('cargo cannot build the reference program', { cause: error })
}

/** What the program answers to each line; a line may hold any bytes but a line feed. */
export function askReference(mode: readonly string[], lines: readonly Uint8Array[]): string[] {
  const lineFeed = Buffer.from('\n')
  const { status, stdout, error } = spawnSync(
    new URL('target/release/experience-log-reference', folder).pathname,
    mode,
    {
      input: Buffer.concat(lines.flatMap((line) => [line, lineFeed])),
      maxBuffer: Infinity,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  if (status !== 0) throw new Error('the reference program failed', { cause: error })
  const answers = stdout.toString().split('\n')
  answers.pop()
  if (answers.length !== lines.length) throw new Error(`${answers.length} answers to ${lines.length} lines`)
  return answers
}
