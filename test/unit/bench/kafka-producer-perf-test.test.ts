import { expect, it } from 'vitest'
import { steadyStateRate } from '../../../bench/baselines/kafka-producer-perf-test.ts'

it('takes the rate after the warm-up', () => {
  const output = `In steady state.
1500000 records sent, 105827.571610 records/sec (29.17 MB/sec), 1477.37 ms avg latency, 2527.00 ms max latency.
1000000 steady state records sent, 120583.624744 records/sec (33.23 MB/sec), 1523.34 ms avg latency, 2527.00 ms max latency.
`
  expect(steadyStateRate(output)).toBe(120_583.624744)
  expect(steadyStateRate('Exception in thread "main"')).toBeNull()
})
