import { z } from 'zod'

/** A whole number within bounds, of which `fallback` is one. */
export function integer(fallback: number, min: number, max: number) {
  return z
    .string()
    .regex(/^\d+$/, { error: 'must be a whole number' })
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .default(fallback)
}

/** A part of a whole: 0 to 1. */
export function share(fallback: number) {
  return z
    .string()
    .regex(/^(?:0|1|0?\.\d+|1\.0+)$/, { error: 'must be a number from 0 to 1' })
    .transform(Number)
    .pipe(z.number())
    .default(fallback)
}

export const flag = z
  .enum(['true', 'false'], { error: "must be 'true' or 'false'" })
  .transform((word) => word === 'true')
  .pipe(z.boolean())
  .default(false)

/** Whether a text is `host:port`. */
export function isBroker(text: string): boolean {
  const port = /^(?:[^\s:]+|\[[^\]]+\]):(\d+)$/.exec(text)?.[1]
  return port !== undefined && Number(port) < 2 ** 16
}

/** Whether a text is an origin as browsers send it: scheme, host and port. */
export function isOrigin(text: string): boolean {
  return /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '') && new URL(text).origin === text
}

export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

function pem(what: RegExp, error: string) {
  return z.string().regex(what, { error }).optional()
}

export const certificate = pem(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/, 'must be a certificate as PEM text')
export const privateKey = pem(/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'must be a private key as PEM text')
export const passphrase = z.string().optional()
