import { expect, it } from 'vitest'
import { kafkaEngineTables, startKafkaEngine } from '../../../bench/baselines/kafka-engine.ts'
import { eventColumns } from '../../../projections/events/event-columns.ts'

const options = { database: 'bench', brokers: ['a:1', 'b:2'], topic: 't', group: 'g', partitions: 4 }

it('reads with two consumers at most, and none without a partition', () => {
  const consumers = [1, 2, 4].map(
    (partitions) => /kafka_num_consumers = (\d)/.exec(kafkaEngineTables({ ...options, partitions }).at(-1)!)?.[1],
  )
  expect(consumers).toEqual(['1', '2', '2'])
})

it('fills every column of the table of events', () => {
  const view = startKafkaEngine('bench')
  for (const name of Object.keys(eventColumns)) expect(view).toMatch(new RegExp(` AS \`?${name}\`?[\\s,]`))
})
