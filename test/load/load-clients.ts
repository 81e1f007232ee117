import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../conformance/random.ts'
import { Asker } from './ask.ts'
import { EventTail } from './event-tail.ts'
import { readBack } from './found-events.ts'
import { LineStream } from './line-stream.ts'
import type { LoadTenant, TellFault } from './load-tenant.ts'
import { TailAges } from './tail-ages.ts'
import { TenantEvents } from './tenant-events.ts'
import { Traffic } from './traffic.ts'

const TENANTS = ['ada', 'bo', 'cy', 'di']
/** Its key may append less than it sends. */
const GREEDY = 'greedy'
const GREEDY_EVENTS_PER_SECOND = 50
/** A tail that is behind when all is over may be without progress for so long, s. */
const TAIL_LIMIT_S = 20

/** All clients of one server: some tenants with a stream and a tail each, and one that is over the limits of its key. */
export class LoadClients {
  readonly asker: Asker
  readonly traffic: Traffic
  readonly #tenants: readonly LoadTenant[]
  readonly #tails: EventTail[] = []
  /** Who hears how old events are that tails tell. */
  ages = new TailAges()

  private constructor(asker: Asker, traffic: Traffic, tenants: readonly LoadTenant[]) {
    this.asker = asker
    this.traffic = traffic
    this.#tenants = tenants
  }

  /** `operator`: a key that may create others. `fault` hears of what must not happen. */
  static async create(url: string, operator: string, seed: number, fault: TellFault): Promise<LoadClients> {
    const asker = new Asker(url)
    const tenants = await Promise.all(TENANTS.map((name) => newTenant(asker, operator, name)))
    const greedy = await newTenant(asker, operator, GREEDY, { events_per_second: GREEDY_EVENTS_PER_SECOND })
    await asker.connect()
    const streams = tenants.map((tenant) => new LineStream(asker, tenant, fault))
    const traffic = new Traffic({ asker, tenants, greedy, streams, random: new Random(seed), fault })
    const clients = new LoadClients(asker, traffic, [...tenants, greedy])
    const hear = (tail: string, ageMs: number): void => clients.ages.told(tail, ageMs)
    clients.#tails.push(...(await Promise.all(tenants.map((each) => EventTail.open(asker, each, fault, hear)))))
    return clients
  }

  get accepted(): number {
    return this.#tenants.reduce((sum, { posted, streamed }) => sum + posted.accepted + streamed.accepted, 0)
  }

  /** Resolves when the tails have told everything that was accepted, or one tells nothing any more. */
  async tailsCaughtUp(): Promise<void> {
    await Promise.all(this.#tails.map(caughtUp))
  }

  /** Reads everything back, and compares it and what the tails heard with what was accepted. */
  async audit(): Promise<string[]> {
    const faults: string[] = []
    for (const tail of this.#tails) {
      faults.push(...tail.faults())
      tail.leave()
    }
    for (const tenant of this.#tenants) faults.push(...(await readBack(this.asker, tenant)))
    this.asker.close()
    return faults
  }
}

/** Resolves when all that was accepted has come, or nothing comes any more. */
async function caughtUp(tail: EventTail): Promise<void> {
  let before = tail.count
  for (let still = 0; still < TAIL_LIMIT_S && tail.lacking > 0; still++) {
    await sleep(1000)
    if (tail.count > before) still = 0
    before = tail.count
  }
}

async function newTenant(asker: Asker, operator: string, name: string, limits: object = {}): Promise<LoadTenant> {
  const body = JSON.stringify({ tenant: name, roles: ['produce', 'read'], limits })
  const headers = { 'content-type': 'application/json' }
  const answer = await asker.ask({ method: 'POST', path: '/v1/ops/keys', key: operator, headers, body })
  const { key } = JSON.parse(answer.body) as { readonly key?: string }
  if (key === undefined) throw new Error(`no key: ${answer.status} ${answer.body}`)
  return { name, key, posted: new TenantEvents(name, 'post'), streamed: new TenantEvents(name, 'line') }
}
