import protocolErrors from 'kafkajs/src/protocol/error.js'
import type { KafkaBroker, LenientBroker, ProtocolCall } from './kafka-broker.ts'

/** The broker, but with every request changed on its way. */
export function withCalls(broker: KafkaBroker, change: (call: ProtocolCall) => ProtocolCall): KafkaBroker {
  const pool = broker.connectionPool
  const send = (call: ProtocolCall): Promise<unknown> => pool.send(change(call))
  const connectionPool: unknown = Object.create(pool, { send: { value: send } })
  return Object.create(broker, { connectionPool: { value: connectionPool } }) as KafkaBroker
}

/** To be used as the `parse` of a call: the answer, whatever error codes are in it. */
export async function whole(data: unknown): Promise<unknown> {
  return data
}

/**
 * The broker, but with answers that tell the error code of each partition, where kafkajs throws the first of them for the whole
 * answer: one partition that was deleted or has no leader must not keep the others from being read.
 */
export function lenient(broker: KafkaBroker): LenientBroker {
  return withCalls(broker, (call) => ({
    ...call,
    response: { ...call.response, parse: whole },
  })) as unknown as LenientBroker
}

/** What kafkajs would throw for the error code; undefined for 0, no error. */
export function errorOfCode(code: number): Error | undefined {
  return code === 0 ? undefined : protocolErrors.createErrorFromCode(code)
}
