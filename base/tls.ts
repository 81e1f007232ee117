/** Whom a client trusts, and who it says that it is: PEM texts, by the names that Node gives them. */
export interface TlsOptions {
  /** Certificates of authorities, instead of those that Node trusts. */
  readonly ca?: string
  /** The client's own certificate, and those between it and its authority. */
  readonly cert?: string
  readonly key?: string
  /** Of the key, where it is encrypted. */
  readonly passphrase?: string
}

/** How the settings of a connection are called: `KAFKA` of `KAFKA_CA`, and the one that holds its address. */
export interface TlsSettingNames {
  readonly prefix: string
  readonly address: string
}

/** OpenSSL's names of what a server says when it wants another certificate, or one at all. */
const CLIENT_REFUSED =
  /ALERT_(?:BAD_CERTIFICATE|NO_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/
const SERVER_UNTRUSTED = /^(?:SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_SIGNATURE_|CERT_UNTRUSTED|INVALID_CA)/
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST|RECORD_TOO_SMALL/
const NO_COMMON_VERSION = /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/
const BROKEN_OFF = 'before secure TLS connection was established'

/** What stopped a TLS connection and which setting to look at, to complete "Kafka at …"; null where it was not TLS. */
export function tlsFault(error: unknown, { prefix, address }: TlsSettingNames): string | null {
  if (!(error instanceof Error)) return null
  const name = nameOf(error)
  const isBrokenOff = error.message.includes(BROKEN_OFF)
  const told = isBrokenOff ? '' : ` (${name})`
  if (CLIENT_REFUSED.test(name)) {
    return `refuses this client's certificate, or the lack of one${told}: set ${prefix}_CERTIFICATE and ${prefix}_KEY to one that is valid and of an authority that the server trusts`
  }
  if (SERVER_UNTRUSTED.test(name)) {
    return `has a certificate of an authority that is not trusted here${told}: set ${prefix}_CA to that authority's certificate`
  }
  if (name === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `has a certificate for other host names${told}: in ${address}, name the server as its certificate does`
  }
  if (name === 'CERT_HAS_EXPIRED' || name === 'CERT_NOT_YET_VALID') {
    return `has a certificate that is not valid now${told}: the server needs a new one, or this machine the right time; ${prefix}_CA may be out of date as well`
  }
  if (NO_COMMON_VERSION.test(name)) return `has no version or cipher of TLS in common with this client${told}`
  if (NO_TLS.test(name) || isBrokenOff) {
    return `does not speak TLS, or ended the handshake${told}: ${address} has to name a port for TLS`
  }
  return null
}

/** OpenSSL's name of what happened. Node gives it as the error's code, or, of sockets beneath requests, in its message alone. */
function nameOf(error: Error): string {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return ''
  const reason = code === 'EPROTO' ? /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1] : undefined
  return reason === undefined ? code : reason.toUpperCase().replaceAll(' ', '_')
}
