import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

import { StackError } from './stack-error.ts'

/*
 * Below Linux's range for outgoing connections (32768–60999): a port from that range could be taken by any client's
 * connection while a killed node is down, and the node could not come back on it.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000
const ATTEMPTS = 200

const handedOut = new Set<number>()

/**
 * A TCP port that is free on 127.0.0.1 and that this process has not handed out before.
 * Random, so that stacks started at the same time in several processes do not meet.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT)
    if (handedOut.has(port)) continue
    handedOut.add(port)
    if (await isFree(port)) return port
  }
  throw new StackError('NoFreePort', `no free port between ${FIRST_PORT} and ${LAST_PORT} in ${ATTEMPTS} attempts`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ host: '127.0.0.1', port, exclusive: true })
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
