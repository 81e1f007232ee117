import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import type { TlsOptions } from '../base/tls.ts'
import type { Settings } from './settings-type.ts'

/** Connections that may use TLS: the settings that begin with this are about it. */
const CONNECTIONS = ['KAFKA', 'SCHEMA_REGISTRY', 'CLICKHOUSE'] as const
type Connection = (typeof CONNECTIONS)[number]

/** The TLS options of a connection; empty where Node's own are meant. They are those of the start: a changed file is read at the next. */
export function tlsOf(settings: Settings, connection: Connection): TlsOptions {
  const ca = settings[`${connection}_CA`]
  const cert = settings[`${connection}_CERTIFICATE`]
  const key = settings[`${connection}_KEY`]
  const passphrase = settings[`${connection}_KEY_PASSPHRASE`]
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  }
}

/** Certificates and keys that are none, or not of one another: OpenSSL would tell of them at the first connection, and name nothing. */
export function tlsFaults(settings: Settings): string[] {
  return CONNECTIONS.flatMap((connection) => {
    const { ca, cert, key, passphrase } = tlsOf(settings, connection)
    return [
      ...(isCertificate(ca) ? [] : [`${connection}_CA: is no certificate that can be read`]),
      ...(isCertificate(cert)
        ? keyFaults(connection, { cert, key, passphrase })
        : [`${connection}_CERTIFICATE: is no certificate that can be read`]),
    ]
  })
}

function isCertificate(pem: string | undefined): boolean {
  try {
    // Certificates that expired are told of by the other side, when they are used.
    if (pem !== undefined) void new X509Certificate(pem)
    return true
  } catch {
    return false
  }
}

type KeyPair = { readonly [Part in 'cert' | 'key' | 'passphrase']: string | undefined }

function keyFaults(connection: Connection, { cert, key, passphrase }: KeyPair): string[] {
  if (cert === undefined || key === undefined) return []
  try {
    createSecureContext({ cert, key, passphrase })
    return []
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    if (code.includes('MISMATCH')) return [`${connection}_KEY: is not the key of ${connection}_CERTIFICATE`]
    return [`${connection}_KEY: cannot be read, or not with ${connection}_KEY_PASSPHRASE`]
  }
}
