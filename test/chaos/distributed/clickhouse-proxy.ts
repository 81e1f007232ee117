import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A projector's statements that faults are done to: an insert of events, and a look whether the table has them. */
export type Statement = 'insert' | 'look'

/** What is to happen to a statement, instead of passing it on and its answer back. */
export type StatementFault = (statement: HeldStatement) => Promise<void>

/** A statement that has arrived as a whole and was not passed on yet. */
export interface HeldStatement {
  /** Passes it on, and resolves when the server has answered: from then on it is stored. */
  forward(): Promise<void>
  /** Passes the first half of it on, then breaks the connection. */
  forwardHalf(): Promise<void>
  /** Gives the server's answer back. */
  answer(): void
  /** Answers that the server failed, whatever it did. */
  answerFailure(): void
  /** Breaks the connection without an answer. */
  breakOff(): void
}

/** Catches one statement, the first of its sort to come through any of the proxies that it is set in. */
export class StatementTrap {
  #settle: (wasDone: boolean) => void = () => {}
  readonly catches: Statement
  isOpen = true
  /** Whether a statement came in time, and the fault was done to it. */
  readonly sprung: Promise<boolean>

  constructor(catches: Statement, timeoutMs: number) {
    this.catches = catches
    this.sprung = new Promise((resolve) => {
      this.#settle = resolve
    })
    setTimeout(() => {
      if (!this.isOpen) return
      this.isOpen = false
      this.#settle(false)
    }, timeoutMs)
  }

  async spring(statement: HeldStatement, fault: StatementFault): Promise<void> {
    this.isOpen = false
    await fault(statement).then(
      () => this.#settle(true),
      () => {
        // The server could not be reached, say.
        statement.breakOff()
        this.#settle(false)
      },
    )
  }
}

const STATEMENTS: Readonly<Record<Statement, RegExp>> = {
  insert: /^\s*INSERT INTO [^ ]*events_/,
  look: /^\s*SELECT\b.*\bdigest\b.*\sFROM [^ ]*events_/s,
}

/**
 * Stands between one projector and the ClickHouse server, and does to its requests what networks and servers do: is slow,
 * breaks off, answers wrongly. It forwards a statement that has arrived as a whole even when the projector is gone by then.
 */
export class ClickHouseProxy {
  readonly #target: URL
  readonly #server = createServer((incoming, response) => void this.#handle(incoming, response))
  #armed: { readonly trap: StatementTrap; readonly fault: StatementFault }[] = []
  /** Before each request is passed on, ms. */
  delayMs = 0
  /** Whether every connection is refused. */
  unreachable = false

  constructor(targetUrl: string) {
    this.#target = new URL(targetUrl)
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** From now on the first statement of the trap's sort meets the fault, unless another proxy with the same trap had one before. */
  arm(trap: StatementTrap, fault: StatementFault): void {
    this.#armed.push({ trap, fault })
  }

  #openTrap(text: string) {
    this.#armed = this.#armed.filter(({ trap }) => trap.isOpen)
    return this.#armed.find(({ trap }) => STATEMENTS[trap.catches].test(text))
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.unreachable) {
      incoming.socket.destroy()
      return
    }
    try {
      const body = await readAll(incoming)
      if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs))
      const exchange = new Exchange(this.#target, incoming, body, response)
      const armed = this.#openTrap(statementOf(incoming, body))
      if (armed !== undefined) {
        await armed.trap.spring(exchange, armed.fault)
      } else {
        await exchange.forward()
        exchange.answer()
      }
    } catch {
      // The server cannot be reached, or one of the two broke off: so does the other.
      incoming.socket.destroy()
    }
  }
}

class Exchange implements HeldStatement {
  readonly #target: URL
  readonly #incoming: IncomingMessage
  readonly #body: Buffer
  readonly #response: ServerResponse
  #answered: { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer } | null = null

  constructor(target: URL, incoming: IncomingMessage, body: Buffer, response: ServerResponse) {
    this.#target = target
    this.#incoming = incoming
    this.#body = body
    this.#response = response
  }

  forward(): Promise<void> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#request({ 'content-length': String(this.#body.length) })
      outgoing.on('error', reject)
      outgoing.on('response', (answer: IncomingMessage) => {
        readAll(answer).then((body) => {
          this.#answered = { status: answer.statusCode ?? 502, headers: answer.headers, body }
          resolve()
        }, reject)
      })
      outgoing.end(this.#body)
    })
  }

  forwardHalf(): Promise<void> {
    return new Promise((resolve) => {
      const outgoing = this.#request({ 'content-length': String(this.#body.length) })
      outgoing.on('error', () => {})
      outgoing.on('close', resolve)
      outgoing.write(this.#body.subarray(0, this.#body.length >> 1), () => outgoing.destroy())
    })
  }

  answer(): void {
    if (this.#answered === null) throw new Error('not forwarded yet')
    const { status, headers, body } = this.#answered
    const { 'transfer-encoding': _, ...kept } = headers
    this.#response.writeHead(status, { ...kept, 'content-length': String(body.length) })
    this.#response.end(body)
  }

  answerFailure(): void {
    // What a server says whose disk or network failed after it had written the part.
    this.#response.writeHead(500, { 'x-clickhouse-exception-code': '210' })
    this.#response.end('Code: 210. DB::NetException: Connection reset by peer. (NETWORK_ERROR) (version 26.7.2.1)\n')
  }

  breakOff(): void {
    this.#incoming.socket.destroy()
  }

  #request(headers: Readonly<Record<string, string>>) {
    const { 'transfer-encoding': _, connection: __, ...kept } = this.#incoming.headers
    return request({
      host: this.#target.hostname,
      port: this.#target.port,
      method: this.#incoming.method ?? 'POST',
      path: this.#incoming.url ?? '/',
      headers: { ...kept, ...headers, host: this.#target.host, connection: 'close' },
      agent: false,
    })
  }
}

/** The statement comes in the URL where the body holds rows, else in the body. */
function statementOf(incoming: IncomingMessage, body: Buffer): string {
  const inUrl = new URL(incoming.url ?? '/', 'http://proxy').searchParams.get('query')
  return inUrl ?? body.subarray(0, 400).toString('latin1')
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
