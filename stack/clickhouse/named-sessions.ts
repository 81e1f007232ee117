import type { Session } from 'chdb'
import type { Engine } from './engine.ts'
import type { SessionWish } from './read-request.ts'
import { ServerError } from './server-error.ts'

interface NamedSession {
  readonly session: Session
  inUse: boolean
  expiry: NodeJS.Timeout | undefined
}

/** Sessions that clients keep over several requests, by `session_id`: temporary tables and what SET says stay in them. */
export class NamedSessions {
  readonly #engine: Engine
  readonly #byId = new Map<string, NamedSession>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Errors: ServerError when it is in use (a session does one thing at a time), or had to exist and does not. */
  async use<Result>({ id, timeoutMs, mustExist }: SessionWish, work: (session: Session) => Promise<Result>) {
    const named = this.#byId.get(id) ?? (await this.#open(id, mustExist))
    if (named.inUse) throw new ServerError(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`)
    named.inUse = true
    clearTimeout(named.expiry)
    try {
      return await work(named.session)
    } finally {
      named.inUse = false
      named.expiry = setTimeout(() => this.#drop(id), timeoutMs).unref()
    }
  }

  close(): void {
    for (const id of this.#byId.keys()) this.#drop(id)
  }

  async #open(id: string, mustExist: boolean): Promise<NamedSession> {
    if (mustExist) throw new ServerError(372, 'SESSION_NOT_FOUND', `Session ${id} not found`)
    const session = await this.#engine.openSession()
    const other = this.#byId.get(id)
    if (other !== undefined) {
      session.close()
      return other
    }
    const named: NamedSession = { session, inUse: false, expiry: undefined }
    this.#byId.set(id, named)
    return named
  }

  #drop(id: string): void {
    const named = this.#byId.get(id)
    this.#byId.delete(id)
    clearTimeout(named?.expiry)
    named?.session.close()
  }
}
