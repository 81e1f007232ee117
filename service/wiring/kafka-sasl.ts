import type { KafkaEventLogOptions } from '../../log/kafka/client/kafka-options.ts'
import { oauthMechanism } from '../../log/kafka/client/oauth-mechanism.ts'
import { OauthTokens } from '../../log/kafka/client/oauth-tokens.ts'
import type { Settings } from '../settings.ts'

/** How the settings say to log in to Kafka; undefined for not at all. */
export function kafkaSasl(settings: Settings): KafkaEventLogOptions['sasl'] {
  const mechanism = settings.KAFKA_SASL_MECHANISM
  if (mechanism === undefined) return undefined
  if (mechanism !== 'oauthbearer') {
    const username = settings.KAFKA_SASL_USERNAME as string
    const password = settings.KAFKA_SASL_PASSWORD as string
    return { mechanism, username, password } as KafkaEventLogOptions['sasl']
  }
  const tokens = new OauthTokens({
    tokenUrl: settings.KAFKA_OAUTH_TOKEN_URL as string,
    clientId: settings.KAFKA_OAUTH_CLIENT_ID as string,
    clientSecret: settings.KAFKA_OAUTH_CLIENT_SECRET as string,
    scope: settings.KAFKA_OAUTH_SCOPE,
  })
  return oauthMechanism(tokens)
}
