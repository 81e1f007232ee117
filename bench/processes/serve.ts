import type { Reply } from './child.ts'

/** What the program was started for. */
export function readTask(): unknown {
  return JSON.parse(process.argv[2] ?? '')
}

/** Answers the requests of whoever started this process, and ends with it. */
export function serve(handlers: Readonly<Record<string, () => Promise<unknown>>>): void {
  process.on('disconnect', () => process.exit())
  process.on('message', (request) => void answer(request as string))

  async function answer(request: string): Promise<void> {
    let reply: Reply
    try {
      reply = { answer: await handlers[request]?.() }
    } catch (error) {
      reply = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    process.send?.(reply)
  }
}
