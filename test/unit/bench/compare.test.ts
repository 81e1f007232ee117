import { expect, it } from 'vitest'
import { compare } from '../../../bench/compare.ts'

it('warms both sides up, then runs them in turn, who begins alternating', async () => {
  const calls: string[] = []
  let ours = 0
  const measurement = await compare(
    'suite',
    {
      measure: 'measure',
      unit: 'ms',
      better: 'lower',
      baselineName: 'bare',
      ours: async () => {
        calls.push('ours')
        return ours++
      },
      baseline: async () => {
        calls.push('baseline')
        return 1
      },
    },
    3,
  )
  const warmUp = ['ours', 'baseline']
  expect(calls).toEqual([...warmUp, 'ours', 'baseline', 'baseline', 'ours', 'ours', 'baseline'])
  // The warm-up's figure, 0, does not count.
  expect(measurement).toMatchObject({ runs: 3, ours: 2, ratio: 2, better: 'lower' })
})
