import type { FastifyRequest } from 'fastify'
import type { IncomingHttpHeaders } from 'node:http'
import { KEY_ROLES, type Key, type KeyLimits } from '../../../operations/keys/key.ts'
import { HttpError } from '../http-error.ts'
import type { Caller } from './caller.ts'
import type { KeyRing } from './key-ring.ts'

const NO_LIMITS: KeyLimits = { events_per_second: null, bytes_per_second: null, queries_at_once: null }

/** Who comes in without a key, where that is allowed: whoever is on this machine. */
const ANYBODY: Caller = { keyId: null, tenant: null, roles: new Set(KEY_ROLES), limits: NO_LIMITS }

const BEARER = /^Bearer +(\S+) *$/i
/** A page elsewhere that makes a browser ask names itself, or reaches this machine by a name of its own. */
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** Decides who asks: by the key, or, on this machine alone and until the first key is created, without one. */
export class Access {
  readonly #keys: KeyRing
  readonly #mayBeOpen: boolean

  /** `mayBeOpen`: the process is embedded and listens on loopback only. */
  constructor(keys: KeyRing, mayBeOpen: boolean) {
    this.#keys = keys
    this.#mayBeOpen = mayBeOpen
  }

  /** Whether whoever is on this machine comes in without a key. */
  get isOpen(): boolean {
    return this.#mayBeOpen && !this.#keys.isInUse
  }

  /** Errors: 401 for a key that is missing, unknown, expired or revoked, all in the same words; 403 for another site's page. */
  async callerOf(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers
    const text = authorization === undefined ? null : (BEARER.exec(authorization)?.[1] ?? '')
    return this.callerByKey(text, request.headers, 'send it as "Authorization: Bearer KEY"')
  }

  /** As `callerOf`, where a key is sent in another way: null where none is sent. `advice` says how it is to be sent. */
  async callerByKey(text: string | null, headers: IncomingHttpHeaders, advice: string): Promise<Caller> {
    if (text === null) {
      if (!this.isOpen) throw unauthorized(`this needs a key: ${advice}`)
      checkFromHere(headers)
      return ANYBODY
    }
    const key = await this.#keys.find(text)
    if (key === null) throw unauthorized('the key is not valid')
    return callerWith(key)
  }

  /** Takes up at once what this process has changed of the keys; other processes see it within seconds. */
  async keysChanged(): Promise<void> {
    await this.#keys.lookNow()
  }

  /** Error: 401 for a caller who came in once, and would not any more. */
  checkStillIn(caller: Caller): void {
    if (!this.isStillIn(caller)) throw unauthorized('the key is not valid any more')
  }

  /** Whether a caller who came in once would still. */
  isStillIn({ keyId }: Caller): boolean {
    return keyId === null ? this.isOpen : this.#keys.isStillValid(keyId)
  }
}

function callerWith({ id, tenant, roles, limits }: Key): Caller {
  return { keyId: id, tenant, roles: new Set(roles), limits }
}

function checkFromHere({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  // Browsers name no origin where a page loads an image or a script; this header they always send.
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none'
  const isOwnPage = isOwnSite && (origin === undefined || origin === `http://${host}`)
  if (host !== undefined && LOOPBACK_HOST.test(host) && isOwnPage) return
  const message = 'without keys only programs on this machine may ask: create a key ("experience-log keys create")'
  throw new HttpError(403, 'Forbidden', message)
}

function unauthorized(message: string): HttpError {
  return new HttpError(401, 'Unauthorized', message)
}
