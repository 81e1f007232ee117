import { findFreePort } from '../../../stack/free-port.ts'
import { Child } from '../processes/child.ts'
import { HttpRelay } from './http-relay.ts'

/** One serving process, `experience-log serve` as a user starts it, and the way between its clients and it. */
export interface ServedSlot {
  readonly child: Child
  readonly relay: HttpRelay
  /** Where clients reach it, before and after each start. */
  readonly url: string
}

export async function servedSlot(
  roles: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ServedSlot> {
  const port = await findFreePort()
  const relay = new HttpRelay(port)
  const url = await relay.listen()
  const child = new Child({
    name: 'the serving process',
    program: ['service/cli/main.ts', 'serve', '--port', String(port), '--roles', ...roles],
    environment,
    readyText: 'listening on',
    mayFailToStart: true,
  })
  return { child, relay, url }
}
