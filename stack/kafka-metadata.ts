import { connect } from 'node:net'

/*
 * The request by hand rather than through a client, for two reasons: a client may put the question to another broker of
 * the cluster than the one asked about, and this folder then needs no package.
 */
const METADATA_API = 3
const METADATA_VERSION = 1
const CORRELATION_ID = 1

/**
 * The ids of the brokers that the broker at `address` (`host:port`) takes to be alive: Kafka's Metadata request, version 1, for
 * no topic. Rejects when it can't be reached or does not answer within `timeoutMs` milliseconds.
 */
export async function readLiveBrokers(address: string, timeoutMs: number): Promise<readonly number[]> {
  const { hostname, port } = new URL(`tcp://${address}`)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let received = Buffer.alloc(0)
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(timeoutMs, () => fail(new Error(`no answer from ${address} within ${timeoutMs} ms`)))
    socket.on('error', fail)
    socket.on('close', () => reject(new Error(`${address} closed the connection`)))
    socket.on('connect', () => socket.write(metadataRequest()))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return
      socket.destroy()
      try {
        resolve(brokerIds(received))
      } catch (error) {
        reject(error)
      }
    })
  })
}

function metadataRequest(): Buffer {
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 4)
  let at = request.writeInt32BE(request.length - 4, 0)
  at = request.writeInt16BE(METADATA_API, at)
  at = request.writeInt16BE(METADATA_VERSION, at)
  at = request.writeInt32BE(CORRELATION_ID, at)
  at = request.writeInt16BE(-1, at) // client id: null
  request.writeInt32BE(0, at) // topics: none
  return request
}

/** Size, correlation id, then an array of brokers: node id, host, port, nullable rack. */
function brokerIds(response: Buffer): number[] {
  let at = 8
  const count = response.readInt32BE(at)
  at += 4
  return Array.from({ length: count }, () => {
    const id = response.readInt32BE(at)
    at += 4
    at += 2 + response.readInt16BE(at) + 4
    at += 2 + Math.max(0, response.readInt16BE(at))
    return id
  })
}
