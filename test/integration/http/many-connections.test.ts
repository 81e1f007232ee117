import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { HttpBench } from './http-bench.ts'
import { statusesOf } from './raw-connection.ts'

const bench = new HttpBench()
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

/** More than Node lets wait by default (511), and not more than the system does. */
const MANY = Math.min(1000, Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')))
/** In so many turns of the event loop as many connections are taken. */
const TURNS = 20

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  sockets.push(socket)
  return socket
}

describe('a serving process', () => {
  test('lets many connections that come at once wait, so that none has to be tried again', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    let connected = 0
    for (let count = 0; count < MANY; count++) open(url).once('connect', () => connected++)
    for (let turn = 0; turn < TURNS; turn++) await setImmediate()
    expect(connected).toBe(MANY)
  })

  test('stops at once, though clients have opened connections on which they have asked nothing yet', async () => {
    const served = await bench.serve(bench.newEnvironment(lmdb))
    await once(open(served.url), 'connect')
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200)
    const stoppedAt = performance.now()
    await served.stop()
    expect(performance.now() - stoppedAt).toBeLessThan(10_000)
  })

  test('is heard by a client that sends all of its body before it reads, and wants the connection to end', async () => {
    const environment = bench.newEnvironment(lmdb)
    await bench.createKey(environment, null, ['produce'])
    const { url } = await bench.serve(environment)
    const body = 'x'.repeat(12 << 20)
    const socket = open(url)
    const head = ['POST /v1/events HTTP/1.1', 'Host: x', 'Connection: close', `Content-Length: ${body.length}`]
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, (error) => (error ? reject(error) : resolve()))
    })
    let answer = ''
    let isClosed = false
    socket.on('data', (chunk) => (answer += chunk.toString('latin1'))).on('close', () => (isClosed = true))
    await until(() => isClosed)
    expect(statusesOf(answer)).toEqual([401])
    expect(answer).toContain('"code":"Unauthorized"')
  })
})
