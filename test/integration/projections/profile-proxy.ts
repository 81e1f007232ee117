import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ProfileProxy {
  readonly url: string
  /** Settings, and other parameters, that the user's profile has from now on. */
  profile: Readonly<Record<string, string>>
  /** How many requests came. */
  requests: number
  close(): Promise<void>
}

/** Stands before a ClickHouse as the profile of its user does: adds settings to each request that does not say them itself. */
export async function startProfileProxy(target: string): Promise<ProfileProxy> {
  const server = createServer((request, response) => {
    proxy.requests++
    void (async () => {
      const url = new URL(request.url ?? '/', target)
      for (const [name, value] of Object.entries(proxy.profile)) {
        if (!url.searchParams.has(name)) url.searchParams.set(name, value)
      }
      const answer = await fetch(url, { method: request.method ?? 'POST', body: await buffer(request) })
      const body = Buffer.from(await answer.arrayBuffer())
      // `fetch` has decompressed the body and put it together.
      const headers = [...answer.headers].filter(
        ([name]) => !/^(content-(encoding|length)|transfer-encoding)$/.test(name),
      )
      response.writeHead(answer.status, Object.fromEntries(headers)).end(body)
    })().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: ProfileProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    profile: {},
    requests: 0,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
