import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KafkaEventLog } from '../../../log/kafka/kafka-event-log.ts'
import { checkPrerequisites } from '../../../stack/prerequisites.ts'
import { startStack, type Stack } from '../../../stack/start-stack.ts'
import { mustNotSkip } from '../../must-not-skip.ts'
import { FaultyNetwork } from './faulty-network.ts'

const prerequisites = await checkPrerequisites()
const OPTIONS = { sasl: { mechanism: 'plain', username: 'agent' } } as const

describe.skipIf(!prerequisites.met && !mustNotSkip())('logins to Kafka', () => {
  let stack: Stack
  let network: FaultyNetwork
  beforeAll(async () => {
    stack = await startStack({ registry: false, users: [{ username: 'agent', password: 'right' }] })
    network = await FaultyNetwork.before(Number(stack.securedBrokers[0]?.split(':')[1]))
  })
  afterAll(async () => {
    await network?.close()
    await stack?.stop()
  })
  const connect = (password: string): Promise<KafkaEventLog> =>
    KafkaEventLog.connect({ ...OPTIONS, sasl: { ...OPTIONS.sasl, password }, brokers: stack.securedBrokers })

  test('with a wrong password are refused for good', async () => {
    await expect(connect('wrong')).rejects.toMatchObject({ code: 'StorageError', retryable: false })
  })

  test.each([2, 3])('whose connection breaks at message %i are not taken for a wrong password', async (message) => {
    network.cut = 0
    network.resetRequests(message, 3)
    const outcome = await connect('right').then(
      async (log) => {
        await log.close()
        return 'connected'
      },
      (error: unknown) => error,
    )
    expect(network.cut).toBeGreaterThan(0)
    if (outcome !== 'connected') expect(outcome).toMatchObject({ code: 'Unavailable', retryable: true })
    network.resetRequests(message, 0)
    await (await connect('right')).close()
  })
})
