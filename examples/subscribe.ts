// Prints a tenant's events as the log takes them, until Ctrl-C, then the token that continues behind the last of them:
// `npx tsx examples/subscribe.ts [TOKEN]`. Run examples/produce.ts in another terminal meanwhile.
import { ExperienceSubscriber, readSettings } from 'experience-log'

const [token] = process.argv.slice(2)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

const subscriber = await ExperienceSubscriber.open(readSettings(process.env))
try {
  const items = await subscriber.subscribe({
    tenant: 'acme',
    from: token === undefined ? 'beginning' : { after: token },
    signal: stop.signal,
  })
  for await (const item of items) {
    if (item.type === 'event') console.log(`${item.envelope.event_id}: ${item.envelope.event.type}`)
    else console.error(item) // a record that is no event, or records that can no longer be read
  }
  console.log(`continue with ${items.token}`)
} finally {
  await subscriber.close()
}
