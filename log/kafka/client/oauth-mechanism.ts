import type { AuthenticationProviderArgs, Mechanism } from 'kafkajs'
import type { OauthTokens } from './oauth-tokens.ts'

class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
}

/**
 * SASL/OAUTHBEARER (RFC 7628). kafkajs's own takes a refusal for a success, since a broker puts it into an answer without an error
 * code; the next request then meets a closed connection.
 */
export function oauthMechanism(tokens: OauthTokens): Mechanism {
  const authenticationProvider = ({ saslAuthenticate }: AuthenticationProviderArgs) => ({
    authenticate: async () => {
      const message = Buffer.from(`n,,\u0001auth=Bearer ${await tokens.token()}\u0001\u0001`)
      const length = Buffer.alloc(4)
      length.writeInt32BE(message.length)
      try {
        await saslAuthenticate({
          request: { encode: () => Buffer.concat([length, message]) },
          response: { decode: (answer) => answer, parse: checkTaken },
        })
      } catch (error) {
        tokens.forget()
        throw error
      }
    },
  })
  return { mechanism: 'oauthbearer', authenticationProvider }
}

/** A broker that takes the token answers with nothing, or with a single control character; else with JSON. */
function checkTaken(answer: Buffer): void {
  const text = answer.toString()
  if (!text.includes('{')) return
  const status = /"status"\s*:\s*"(\w{1,40})"/.exec(text)?.[1] ?? 'refused'
  throw new TokenRefused(`SASL OAUTHBEARER: the token is not taken, ${status}`)
}
