import { eachBatch } from '../../../log/each-batch.ts'
import { LmdbEventLog } from '../../../log/embedded/lmdb-event-log.ts'
import { openLmdb } from '../../../log/embedded/open-lmdb.ts'

/** What the tests tell this process to do. */
export type LmdbPeerCommand =
  | { readonly kind: 'append'; readonly topic: string; readonly count: number }
  | {
      readonly kind: 'consume'
      readonly group: string
      readonly topicPrefix: string
      readonly leaseMs: number
      /** Whether the first batch is held until `let-go`. */
      readonly hold: boolean
    }
  | { readonly kind: 'let-go' }

/** What this process tells the tests. */
export type LmdbPeerReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'appended'; readonly positions: readonly { readonly at: number; readonly text: string }[] }
  | { readonly kind: 'handling' }
  | { readonly kind: 'committed'; readonly outcome: 'committed' | 'fenced' }

function report(message: LmdbPeerReport): void {
  process.send?.(message)
}

const tables = await openLmdb(process.argv[2] ?? '')
let letGo = (): void => undefined
const released = new Promise<void>((resolve) => {
  letGo = resolve
})

const log = new LmdbEventLog(tables)

async function append(topic: string, count: number): Promise<void> {
  const positions = []
  for (let index = 0; index < count; index++) {
    const text = `theirs ${index}`
    const record = { key: 'key', value: Buffer.from(text), headers: {}, timestamp: Date.now() }
    const [position] = await log.append([{ topic, record }])
    positions.push({ at: Number(position?.offset), text })
  }
  report({ kind: 'appended', positions })
}

process.on('message', (command: LmdbPeerCommand) => {
  if (command.kind === 'let-go') letGo()
  else if (command.kind === 'append') void append(command.topic, command.count)
  else {
    const { group, topicPrefix, leaseMs, hold } = command
    const consumer = new LmdbEventLog(tables, { leaseMs }).consumer(group, {
      topicPrefix,
      discoveryMs: 100,
      lingerMs: 20,
      batchBytes: 1_000_000,
    })
    const handler = eachBatch(async (batch, claim) => {
      report({ kind: 'handling' })
      if (hold) await released
      report({ kind: 'committed', outcome: await claim.commit(batch.next, 'theirs') })
    })
    void consumer.run(handler)
  }
})
report({ kind: 'ready' })
